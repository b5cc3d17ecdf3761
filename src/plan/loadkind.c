/* From settings to the kind of a load. */
#include "plan/loadkind.h"

enum load_kind loadkind_of(const struct plan *plan) {
    if (load_is_open(&plan->load))
        return LOAD_OPEN;
    return plan->duration_ns ? LOAD_TIMED : LOAD_COUNTED;
}

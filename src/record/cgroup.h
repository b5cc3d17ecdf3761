/* The control groups, of version 1 and 2, that the calling process is in: control-groups(7). */
#ifndef FETCHBENCH_RECORD_CGROUP_H
#define FETCHBENCH_RECORD_CGROUP_H

#include "base/facts.h"

struct cgroup_visitor {
    const char *controller; /* "cpu", "memory" ...; "" for version 2, whose groups have all of them */
    void (*visit)(const struct facts *f, const char *folder, void *state);
};

/* Calls each of the visitors, which a row without a controller ends, with the folder of the process's group
 * in its hierarchy and with those above it, as far up as they can be seen from here. A folder may not be
 * there. */
void cgroup_visit(const struct facts *f, const struct cgroup_visitor *visitors, void *state);

#endif

/* The version from CMake and the revision from git, compiled in. */
#include "base/version.h"

#include "revision.h"

const char version_number[] = FETCHBENCH_VERSION;
const char version_revision[] = FETCHBENCH_REVISION;
const char version_date[] = FETCHBENCH_DATE;

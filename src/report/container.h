/* Whether this is a container, and what its control group allows. */
#ifndef FETCHBENCH_REPORT_CONTAINER_H
#define FETCHBENCH_REPORT_CONTAINER_H

#include "base/facts.h"
#include "report/report.h"

/* "docker", "podman", "kubernetes", "containerd", "lxc", "systemd-nspawn" or what else it says of itself;
 * "container" when it is one of no kind known here; NULL for none that can be seen. */
const char *container_kind(const struct facts *f);

/* cpu_quota, memory_bytes and pids: the least that the process's control group and those above it allow, as
 * far up as they can be seen from here. Control groups of version 1 and 2. */
void container_limits(const struct facts *f, struct report_limits *out);

#endif

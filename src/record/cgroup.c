/* From /proc/self/cgroup to the folders below /sys/fs/cgroup. */
#include "record/cgroup.h"

#include <limits.h>
#include <string.h>

/* Where a hierarchy may be mounted. Version 2 has one alone, which names no controllers; where there are
 * those of version 1 as well, it stands beside them. */
static const struct hierarchy {
    const char *controller, *base;
} hierarchies[] = {
    {"", "/sys/fs/cgroup"},          {"", "/sys/fs/cgroup/unified"},
    {"cpu", "/sys/fs/cgroup/cpu"},   {"memory", "/sys/fs/cgroup/memory"},
    {"pids", "/sys/fs/cgroup/pids"},
};

/* Where a container sees only its own group, that is the hierarchy's base, and the deeper folders are not
 * there. */
static void visit_upwards(const struct facts *f, const char *base, const char *path,
                          const struct cgroup_visitor *v, void *state) {
    char folder[PATH_MAX];
    size_t length = strlen(base);
    snprintf(folder, sizeof folder, "%s%s", base, strstr(path, "/..") ? "" : path);
    char *end = folder + strlen(folder);
    if (end > folder + length && end[-1] == '/')
        end--; /* the root's path is a slash */
    while (end && end >= folder + length) {
        *end = '\0';
        v->visit(f, folder, state);
        end = strrchr(folder, '/');
    }
}

/* Whether "cpu,cpuacct" holds "cpu". */
static bool has_controller(const char *list, const char *controller) {
    size_t length = strlen(controller);
    for (const char *item = list; item; item = strchr(item, ',')) {
        item += *item == ',';
        if (strcspn(item, ",") == length && strncmp(item, controller, length) == 0)
            return true;
    }
    return false;
}

static void visit_membership(const struct facts *f, const char *list, const char *path,
                             const struct cgroup_visitor *v, void *state) {
    for (size_t i = 0; i < sizeof hierarchies / sizeof hierarchies[0]; i++)
        if (strcmp(hierarchies[i].controller, v->controller) == 0 && has_controller(list, v->controller))
            visit_upwards(f, hierarchies[i].base, path, v, state);
}

/* "4:cpu,cpuacct:/path" */
static void visit_line(const struct facts *f, char *line, const struct cgroup_visitor *visitors,
                       void *state) {
    char *list = strchr(line, ':');
    char *path = list ? strchr(list + 1, ':') : NULL;
    if (!path)
        return;
    *path++ = '\0';
    path[strcspn(path, "\n")] = '\0';
    for (const struct cgroup_visitor *v = visitors; v->controller; v++)
        visit_membership(f, list + 1, path, v, state);
}

void cgroup_visit(const struct facts *f, const struct cgroup_visitor *visitors, void *state) {
    char line[PATH_MAX];
    FILE *file = facts_open(f, "/proc/self/cgroup");
    while (file && fgets(line, sizeof line, file))
        visit_line(f, line, visitors, state);
    if (file)
        (void)fclose(file);
}

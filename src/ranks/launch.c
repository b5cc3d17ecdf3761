/* Environment variables, and dlopen. */
#include "ranks/launch.h"

#include <dlfcn.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MODULE "fetchbench-mpi.so"
#define START_S 300 /* for all ranks of a large launch to have come */

extern char **environ;

bool launch_is_by_mpi(void) {
    /* Open MPI and its prte; Slurm and others with PMIx; MPICH and Slurm with PMI 1 or 2 */
    static const char *const variables[] = {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_SIZE", "PMI_RANK"};
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        if (getenv(variables[i]))
            return true;
    return false;
}

static bool is_launchers(const char *variable) {
    static const char *const prefixes[] = {"OMPI_", "PMIX_", "PMI_",  "ORTE_",
                                           "OPAL_", "PRTE_", "MPIR_", "HYDI_"};
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if (strncmp(variable, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    return false;
}

void launch_forget(void) {
    size_t kept = 0;
    for (size_t i = 0; environ[i]; i++)
        if (!is_launchers(environ[i]))
            environ[kept++] = environ[i];
    environ[kept] = NULL;
}

/* The folder of the program itself, with a final slash; "" where it is not known. */
static void own_folder(char out[PATH_MAX]) {
    ssize_t length = readlink("/proc/self/exe", out, PATH_MAX - 1);
    out[length > 0 ? length : 0] = '\0';
    char *slash = strrchr(out, '/');
    if (slash)
        slash[1] = '\0';
}

/* Its folder is found from the program's own: an installed program may have been moved as a whole. */
static void *load(char found[PATH_MAX]) {
    static const char *const places[] = {"", FETCHBENCH_MODULES};
    char folder[PATH_MAX];
    own_folder(folder);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        int length = snprintf(found, PATH_MAX, "%s%s%s", folder, places[i], MODULE);
        if (length < PATH_MAX && access(found, F_OK) == 0)
            return dlopen(found,
                          RTLD_NOW | RTLD_GLOBAL); /* global: Open MPI's own modules look for its symbols */
    }
    *found = '\0';
    return NULL;
}

/* Where another rank died before it came to this, MPI waits for it for ever. */
static void give_up(int signal_number) {
    static const char words[] = "fetchbench: MPI did not start: the other ranks were not heard of\n";
    (void)signal_number;
    (void)!write(STDERR_FILENO, words, sizeof words - 1);
    _exit(1);
}

static int start(transport_open *open_it, struct transport *t, struct err *err) {
    char words[TRANSPORT_WORDS] = "";
    signal(SIGALRM, give_up);
    alarm(START_S);
    int failed = open_it(TRANSPORT_VERSION, t, words);
    alarm(0);
    signal(SIGALRM, SIG_DFL);
    return failed ? err_set(err, ERR_INTERNAL, "%s", words) : 0;
}

int launch_open(struct transport *t, struct err *err) {
    char path[PATH_MAX];
    void *module = load(path);
    if (!module && !*path)
        return err_set(
            err, ERR_USAGE,
            "an MPI launcher started this, and the module for MPI is not here: install the package "
            "fetchbench-mpi, or build with MPI's headers (libopenmpi-dev)");
    if (!module)
        return err_set(err, ERR_INTERNAL, "the module for MPI cannot be loaded: %s", dlerror());
    void *entry = dlsym(module, TRANSPORT_ENTRY);
    transport_open *open_it;
    memcpy(&open_it, &entry, sizeof open_it);
    if (!entry)
        return err_set(err, ERR_INTERNAL, "%s is no module of fetchbench's", path);
    return start(open_it, t, err);
}

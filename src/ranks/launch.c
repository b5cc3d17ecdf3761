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
#define NOTICE_S 20 /* until somebody may wonder */

/* What launchers tell each process. Where several did, the first here is the innermost: orteds and Hydra's
 * proxies are started by srun. SLURM_NTASKS is no sign, as a shell has it that starts nothing by srun. */
static const struct launcher {
    const char *size, *rank, *name, *advice;
} launchers[] = {
    {"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK", "mpirun",
     "use the mpirun of the MPI that fetchbench was built with"},
    {"PMI_SIZE", "PMI_RANK", "mpiexec.hydra or srun --mpi=pmi2",
     "use the mpirun of the MPI that fetchbench was built with, or srun --mpi=pmix"},
    {"SLURM_STEP_NUM_TASKS", "SLURM_PROCID", "srun", "use srun --mpi=pmix, or give each its part by --share"},
};

static int64_t number_in(const char *variable) {
    const char *value = getenv(variable);
    return value ? strtoll(value, NULL, 10) : 0;
}

bool launch_is_by_mpi(void) {
    /* Open MPI and its prte; Slurm and others with PMIx */
    if (getenv("OMPI_COMM_WORLD_SIZE") || getenv("PMIX_RANK"))
        return true;
    /* MPICH and Slurm with PMI 1 or 2, which not every MPI speaks: one process alone does without */
    return (getenv("PMI_SIZE") || getenv("PMI_RANK")) && number_in("PMI_SIZE") != 1;
}

static bool is_launchers(const char *variable) {
    /* With Slurm's step and without PMIx an MPI program of Open MPI's would end at its start. */
    static const char *const prefixes[] = {"OMPI_", "PMIX_", "PMI_",  "ORTE_",     "OPAL_",
                                           "PRTE_", "MPIR_", "HYDI_", "SLURM_STEP"};
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if (strncmp(variable, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    return false;
}

bool launch_is_bound(void) {
    return getenv("OMPI_MCA_orte_bound_at_launch") != NULL;
}

void launch_forget(void) {
    size_t kept = 0;
    for (size_t i = 0; environ[i]; i++)
        if (!is_launchers(environ[i]))
            environ[kept++] = environ[i];
    environ[kept] = NULL;
}

static const struct launcher *innermost(void) {
    for (size_t i = 0; i < sizeof launchers / sizeof launchers[0]; i++)
        if (getenv(launchers[i].size))
            return &launchers[i];
    return NULL;
}

/* The first process says it for all. */
static int refuse(const struct launcher *l, struct err *err) {
    if (number_in(l->rank) > 0)
        return err_set(err, ERR_USAGE, "%s", "");
    return err_set(
        err, ERR_USAGE,
        "%s started %lld of this that do not find each other, so each would send the whole plan: %s", l->name,
        (long long)number_in(l->size), l->advice);
}

int launch_check_alone(struct err *err) {
    const struct launcher *l = innermost();
    return l && number_in(l->size) > 1 ? refuse(l, err) : 0;
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

static void say_waiting(int signal_number) {
    static const char words[] = "fetchbench: waiting for the other ranks to start MPI\n";
    (void)signal_number;
    (void)!write(STDERR_FILENO, words, sizeof words - 1);
    signal(SIGALRM, give_up);
    alarm(START_S - NOTICE_S);
}

/* Which of the ranks may be another program is not known where there are several. */
static bool speaks_for_all(void) {
    const struct launcher *l = innermost();
    if (!l || number_in(l->rank) == 0)
        return true;
    return number_in("OMPI_NUM_APP_CTX") > 1 && number_in(l->rank) == number_in(l->size) - 1;
}

static int start(transport_open *open_it, struct transport *t, struct err *err) {
    char words[TRANSPORT_WORDS] = "";
    bool speaks = speaks_for_all();
    signal(SIGALRM, speaks ? say_waiting : give_up);
    alarm(speaks ? NOTICE_S : START_S);
    int failed = open_it(TRANSPORT_VERSION, t, words);
    alarm(0);
    signal(SIGALRM, SIG_DFL);
    if (failed < 0)
        return err_set(err, ERR_INTERNAL, "%s", words);
    if (failed)
        return refuse(innermost(), err);
    if (t->size > 1 || launch_check_alone(err) == 0)
        return 0;
    t->close(t->state, true);
    return -1;
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

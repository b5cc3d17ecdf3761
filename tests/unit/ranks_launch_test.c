/* By which variables a launcher is known, and that they are taken away. */
#include "ranks/launch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void each_launcher_is_known_by_a_variable_of_its_own(void **state) {
    (void)state;
    static const char *const variables[] = {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK", "PMI_SIZE"};
    launch_forget();
    assert_false(launch_is_by_mpi());
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        setenv(variables[i], "2", 1);
        assert_true(launch_is_by_mpi());
        launch_forget();
        assert_false(launch_is_by_mpi());
        assert_null(getenv(variables[i]));
    }
}

static void a_shell_within_slurm_is_no_launcher(void **state) {
    (void)state;
    setenv("SLURM_NTASKS", "4", 1);
    setenv("SLURM_PROCID", "0", 1);
    assert_false(launch_is_by_mpi());
    assert_int_equal(launch_check_alone(NULL), 0);
}

static void one_process_alone_does_without_pmi(void **state) {
    (void)state;
    setenv("PMI_RANK", "0", 1);
    setenv("PMI_SIZE", "1", 1);
    assert_false(launch_is_by_mpi());
    assert_int_equal(launch_check_alone(NULL), 0);
    launch_forget();
}

static const struct {
    const char *size, *rank, *named;
} launchers[] = {
    {"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK", "mpirun started 4 of this"},
    {"PMI_SIZE", "PMI_RANK", "mpiexec.hydra or srun --mpi=pmi2 started 4 of this"},
    {"SLURM_STEP_NUM_TASKS", "SLURM_PROCID", "srun started 4 of this"},
};

static void several_that_do_not_find_each_other_are_refused_in_one_sentence_by_the_first(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof launchers / sizeof launchers[0]; i++) {
        struct err first = {0}, other = {0};
        setenv(launchers[i].size, "4", 1);
        setenv(launchers[i].rank, "0", 1);
        assert_int_equal(launch_check_alone(&first), -1);
        assert_int_equal(first.kind, ERR_USAGE);
        assert_non_null(strstr(first.text, launchers[i].named));
        setenv(launchers[i].rank, "3", 1);
        assert_int_equal(launch_check_alone(&other), -1);
        assert_int_equal(other.kind, ERR_USAGE);
        assert_string_equal(other.text, "");
        launch_forget();
        assert_int_equal(launch_check_alone(&first), 0);
    }
}

static void the_innermost_launcher_is_believed(void **state) {
    (void)state;
    setenv("SLURM_STEP_NUM_TASKS", "4", 1);
    setenv("OMPI_COMM_WORLD_SIZE", "1", 1);
    assert_int_equal(launch_check_alone(NULL), 0);
    launch_forget();
}

static void what_is_not_the_launchers_stays(void **state) {
    (void)state;
    setenv("OMPI_MCA_btl", "tcp", 1);
    setenv("PMIX_NAMESPACE", "x", 1);
    setenv("OMPIX", "kept", 1);
    setenv("FETCHBENCH_TEST", "kept", 1);
    launch_forget();
    assert_null(getenv("OMPI_MCA_btl"));
    assert_null(getenv("PMIX_NAMESPACE"));
    assert_string_equal(getenv("OMPIX"), "kept");
    assert_string_equal(getenv("FETCHBENCH_TEST"), "kept");
}

static void a_missing_module_is_a_usage_error_of_one_sentence(void **state) {
    (void)state;
    struct transport t;
    struct err err = {0};
    assert_int_equal(launch_open(&t, &err), -1); /* this test's folder has none */
    assert_int_equal(err.kind, ERR_USAGE);
    assert_non_null(strstr(err.text, "install the package fetchbench-mpi"));
    assert_null(strchr(err.text, '\n'));
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_launcher_is_known_by_a_variable_of_its_own),
        cmocka_unit_test(a_shell_within_slurm_is_no_launcher),
        cmocka_unit_test(one_process_alone_does_without_pmi),
        cmocka_unit_test(several_that_do_not_find_each_other_are_refused_in_one_sentence_by_the_first),
        cmocka_unit_test(the_innermost_launcher_is_believed),
        cmocka_unit_test(what_is_not_the_launchers_stays),
        cmocka_unit_test(a_missing_module_is_a_usage_error_of_one_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

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
        setenv(variables[i], "1", 1);
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
        cmocka_unit_test(what_is_not_the_launchers_stays),
        cmocka_unit_test(a_missing_module_is_a_usage_error_of_one_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

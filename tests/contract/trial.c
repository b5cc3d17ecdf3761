/* Plans made by hand, runs by the rooms' own means. */
#include "trial.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/processors.h"
#include "http/client.h"
#include "http/targets.h"
#include "run/runner.h"
#include "run/verdict.h"
#include "strategy/strategy.h"
#include "strategy/work.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
#endif

#define MS INT64_C(1000000)

static int64_t or_patience(int64_t ms) {
    return (ms ? ms : TRIAL_PATIENCE_MS) * MS;
}

static int make_plan(struct trial *t, struct err *err) {
    const struct setting *s = &t->setting;
    struct plan *plan = &t->plan;
    snprintf(t->url, sizeof t->url, "http://%s:%d/?key={i}", s->host ? s->host : "127.0.0.1", t->server.port);
    plan->url = t->url;
    plan->save = s->save ? t->folder : NULL;
    plan->work = s->work;
    plan->verify = s->verify;
    plan->method = s->method;
    plan->data = s->data;
    plan->user_agent = "contract";
    plan->ipv4_only = true;
    plan->no_keepalive = s->no_keepalive;
    plan->keep_going = s->keep_going;
    plan->requests = s->requests;
    plan->concurrency = s->concurrency;
    plan->rounds = 1;
    plan->rate_per_s = s->rate_per_s;
    plan->duration_ns = s->duration_ms * MS;
    plan->deadline_ns = s->deadline_ms * MS;
    plan->grace_ns = s->grace_ms * MS;
    plan->think_ns = s->think_ms * MS;
    plan->spin = s->spin;
    plan->warmup_requests = s->warmup_requests;
    plan->warmup_ns = s->warmup_ns;
    plan->timeout_ns = or_patience(s->timeout_ms);
    plan->connect_timeout_ns = or_patience(s->connect_timeout_ms);
    plan->run_timeout_ns = (s->run_timeout_ms ? s->run_timeout_ms : 3 * TRIAL_PATIENCE_MS) * MS;
    if (plan_add_modes(plan, s->mode, err) || plan_finish(plan, err) || targets_find(plan, err))
        return -1;
    if (s->spare_slots)
        plan->concurrency = s->concurrency;
    return strategy_configure(plan, &plan->entries[0], err);
}

static int make_folder(struct trial *t) {
    snprintf(t->folder, sizeof t->folder, "/tmp/fetchbench-contract-XXXXXX");
    if (mkdtemp(t->folder))
        return 0;
    t->folder[0] = '\0';
    return -1;
}

static void remove_folder(const struct trial *t) {
    DIR *folder = *t->folder ? opendir(t->folder) : NULL;
    for (struct dirent *e = folder ? readdir(folder) : NULL; e; e = readdir(folder))
        unlinkat(dirfd(folder), e->d_name, 0); /* but for . and .., which are folders */
    if (!folder)
        return;
    closedir(folder);
    rmdir(t->folder);
}

int trial_open(struct trial *t, const struct setting *setting, struct err *err) {
    *t = (struct trial){.setting = *setting, .recording = {.stop_fd = -1}};
    if (server_open(&t->server, setting->behaviour))
        return err_set_errno(err, "cannot start a server");
    if (setting->save && make_folder(t))
        return err_set_errno(err, "cannot make a folder");
    if (make_plan(t, err))
        return -1;
    return recording_open(&t->recording, t->plan.requests, (size_t)t->plan.entries[0].concurrency,
                          runner_lanes(&t->plan), false, err);
}

void trial_close(struct trial *t) {
    server_close(&t->server);
    remove_folder(t);
    recording_totals_close(t->totals);
    recording_close(&t->recording);
    plan_fini(&t->plan);
    *t = (struct trial){.recording = {.stop_fd = -1}};
}

static int keep_result(void *state, const struct run_result *result, struct err *err) {
    struct trial *t = state;
    (void)err;
    t->result = *result;
    t->result.recording = &t->recording;
    t->totals = recording_totals_open(&t->recording);
    t->result.totals = t->totals;
    t->over = true;
    return 0;
}

static void give_word(void *state, const struct run_feed *feed) {
    struct trial *t = state;
    (void)feed;
    t->requests_when_ready = t->server.log->requests;
    recording_start_at(&t->recording, clock_now_ns() + t->setting.ahead_ms * MS);
}

int trial_run(struct trial *t, struct err *err) {
    struct launcher launcher;
    struct run_listener listener = {
        .finished = keep_result, .starts_by_word = t->setting.ahead_ms > 0, .ready = give_word, .state = t};
    if (launcher_open(&launcher, &t->plan, &t->recording, err))
        return -1;
    int failed = runner_execute(&t->plan, &launcher, &t->recording, &listener, err);
    launcher_close(&launcher);
    return failed;
}

static int await(const struct trial *t, trial_moment *moment, struct err *err) {
    int64_t until_ns = clock_now_ns() + TRIAL_PATIENCE_MS * MS;
    struct timespec pause = {.tv_nsec = MS};
    while (!moment(t)) {
        if (clock_now_ns() > until_ns)
            return err_set(err, ERR_INTERNAL, "the moment to step in never came");
        nanosleep(&pause, NULL);
    }
    return 0;
}

/* Waits for the event of the child's end. */
static int await_end(const struct launcher *l, struct run_end *end, struct err *err) {
    for (;;) {
        struct pollfd fd = {.fd = l->socket, .events = POLLIN};
        if (poll(&fd, 1, TRIAL_PATIENCE_MS) != 1)
            return err_set(err, ERR_INTERNAL, "the run does not end");
        struct launcher_event event = launcher_next(l);
        if (event.kind == LAUNCHER_STARTED)
            end->pid = event.pid;
        else if (event.kind != LAUNCHER_ENDED)
            return err_set(err, ERR_INTERNAL, "the launcher failed");
        if (event.kind != LAUNCHER_ENDED)
            continue;
        end->waited = true;
        end->wait_status = event.wait_status;
        end->rusage = event.rusage;
        end->ended_ns = clock_now_ns();
        return 0;
    }
}

static int step_in(struct trial *t, trial_moment *moment, bool kill, int64_t *took_ns, struct err *err) {
    struct launcher launcher;
    struct run_end end = {.interrupted = !kill,
                          .peak = {.pss_bytes = -1, .shmem_pss_bytes = -1, .private_bytes = -1}};
    if (launcher_open(&launcher, &t->plan, &t->recording, err))
        return -1;
    if (t->setting.ahead_ms)
        recording_start_by_word(&t->recording);
    int failed = launcher_start(&launcher, 0, t->recording.lane_count);
    if (!failed)
        failed = await(t, moment, err);
    int64_t asked_ns = clock_now_ns();
    if (kill)
        launcher_kill(&launcher);
    else
        recording_stop(&t->recording);
    if (!failed)
        failed = await_end(&launcher, &end, err);
    launcher_close(&launcher);
    if (failed)
        return -1;
    *took_ns = end.ended_ns - asked_ns;
    t->totals = recording_totals_open(&t->recording);
    t->result = (struct run_result){
        .plan = &t->plan, .entry = &t->plan.entries[0], .recording = &t->recording, .totals = t->totals};
    verdict_of_run(&end, &t->result);
    t->over = true;
    return 0;
}

int trial_stop(struct trial *t, trial_moment *moment, int64_t *took_ns, struct err *err) {
    return step_in(t, moment, false, took_ns, err);
}

int trial_kill(struct trial *t, trial_moment *moment, struct err *err) {
    int64_t took_ns = 0;
    return step_in(t, moment, true, &took_ns, err);
}

static int count_descriptors(void) {
    DIR *fds = opendir("/proc/self/fd");
    int count = 0;
    if (!fds)
        return -1;
    while (readdir(fds))
        count++;
    closedir(fds);
    return count;
}

/* Lets no descriptor be opened that is not open already. */
static void starve(void) {
    struct rlimit limit;
    int lowest = dup(STDIN_FILENO);
    if (lowest < 0 || getrlimit(RLIMIT_NOFILE, &limit))
        return;
    close(lowest);
    limit.rlim_cur = (rlim_t)lowest;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static void run_times(const struct strategy *s, const struct run_context *context, void *state,
                      struct drive *drive, struct err *err) {
    for (int i = 0; i < drive->runs; i++) {
        context->recording->facts->handed_out = 0;
        work_start(context->work, context->plan, clock_now_ns());
        drive->failed = drive->failed || s->run(context, state, err);
    }
}

static void drive_strategy(struct trial *t, const struct client *client, struct drive *drive) {
    const struct strategy *s = strategy_find(t->plan.entries[0].strategy);
    struct work work = {.recording = &t->recording, .requests = t->plan.requests};
    struct run_context context = {.plan = &t->plan,
                                  .entry = &t->plan.entries[0],
                                  .recording = &t->recording,
                                  .client = client,
                                  .work = &work};
    struct rlimit limit;
    struct err err = {0};
    void *state = NULL;
    getrlimit(RLIMIT_NOFILE, &limit);
    drive->before = count_descriptors();
    if (s->open(&context, &state, &err)) {
        drive->failed = 1;
        return;
    }
    if (drive->starve)
        starve();
    run_times(s, &context, state, drive, &err);
    setrlimit(RLIMIT_NOFILE, &limit);
    drive->held = count_descriptors();
    s->close(state);
    drive->after = count_descriptors();
    drive->children = waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD;
}

static _Noreturn void be_measured(struct trial *t, struct drive *drive, pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    signal(SIGPIPE, SIG_IGN);
    t->recording.keep_going = t->plan.keep_going;
    struct client client;
    enum error_class class = ERROR_OTHER;
    struct err err = {0};
    if (client_open(&client, &t->plan, &t->plan.entries[0], &t->recording, &class, &err))
        _exit(1);
    drive_strategy(t, &client, drive);
    client_close(&client);
#if defined(__SANITIZE_ADDRESS__)
    if (__lsan_do_recoverable_leak_check())
        _exit(1);
#endif
    _exit(0);
}

int trial_drive(struct trial *t, struct drive *drive, struct err *err) {
    struct drive *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return err_set_errno(err, "cannot map");
    *shared = *drive;
    pid_t parent = getpid(), pid = fork();
    if (pid == 0)
        be_measured(t, shared, parent);
    int status = 0;
    if (pid > 0)
        waitpid(pid, &status, 0);
    *drive = *shared;
    munmap(shared, sizeof *shared);
    t->totals = recording_totals_open(&t->recording);
    if (pid < 0 || status)
        return err_set(err, ERR_INTERNAL, "the driving process ended with status %d", status);
    return 0;
}

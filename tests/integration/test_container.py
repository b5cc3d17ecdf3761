"""The image, run for real. scripts/container_test.sh builds it and says by which engine it is run."""
import json
import os
import pty
import re
import signal
import statistics
import subprocess
import time

import pytest
import yaml

from conftest import ROOT, check_report
from servers import end_process, wait_until

ENGINE, IMAGE = os.environ.get("FETCHBENCH_ENGINE"), os.environ.get("FETCHBENCH_IMAGE")
MPI_IMAGE = os.environ.get("FETCHBENCH_MPI_IMAGE")
SCRIPT = ROOT / "scripts" / "docker_run.sh"
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
HARDENED = ("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges")
ROUNDS = 5
STRATEGIES = ("sequential", "threads", "async")

pytestmark = [pytest.mark.container,
              pytest.mark.skipif(not ENGINE or not IMAGE, reason="run by scripts/container_test.sh")]


def engine(*args, check=True, **options):
    done = subprocess.run([ENGINE, *map(str, args)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=120, check=False, **options)
    assert not check or done.returncode == 0, f"{done.args}: status {done.returncode}\n{done.stdout}{done.stderr}"
    return done


def run(*args, options=("--network", "none"), check=True):
    """Runs fetchbench in a container of its own to its end."""
    return engine("run", "--rm", *options, IMAGE, *args, check=check)


def inside(command):
    """What a shell within the image prints."""
    return engine("run", "--rm", "--network", "none", "--entrypoint", "sh", IMAGE, "-c", command).stdout


@pytest.fixture
def results(tmp_path):
    """A folder for /results that the image's user may write to."""
    folder = tmp_path / "results"
    folder.mkdir()
    folder.chmod(0o777)
    return folder


@pytest.fixture
def start(tmp_path):
    """start(*args, options): a container in the background, by its ID."""
    started = []

    def begin(*args, options=()):
        started.append(engine("run", "--detach", *options, IMAGE, *args).stdout.strip())
        return started[-1]

    yield begin
    for container in started:
        engine("rm", "--force", container, check=False)


def mounted(folder):
    return ("--mount", f"type=bind,source={folder},target=/results")


def only_report(folder, schema):
    files = list(folder.glob("*.json"))
    assert len(files) == 1, files
    return check_report(files[0].read_text(), schema)


def show(capsys, text):
    with capsys.disabled():
        print(f"\n    {text}")


def test_the_image_holds_what_it_needs_and_no_more(capsys):
    image = json.loads(engine("image", "inspect", IMAGE).stdout)[0]
    config = image["Config"]
    labels = {name.rpartition(".")[2]: text for name, text in config["Labels"].items()}
    assert labels["title"] == "fetchbench"
    assert labels["licenses"] == "MIT"
    assert re.fullmatch(r"\d+\.\d+\.\d+", labels["version"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", labels["created"])
    assert {"description", "revision"} <= set(labels)
    assert config["User"] == "10001:10001"
    assert config["Entrypoint"] == ["fetchbench"]
    assert not config.get("Volumes")
    assert inside("ls -A /var/lib/apt/lists; command -v gcc cmake; true").strip() == ""
    base = json.loads(engine("image", "inspect", os.environ["FETCHBENCH_BASE"]).stdout)[0]
    show(capsys, f"{image['Size'] / 1e6:.1f} MB, of which {base['Size'] / 1e6:.1f} are the base")


def test_nothing_of_mpi_is_in_the_image_but_in_the_one_for_it(capsys):
    files = "command -v mpirun ssh; find / -xdev -name 'fetchbench-mpi*' -o -xdev -name 'libmpi*'; true"
    assert inside(files) == ""
    config = json.loads(engine("image", "inspect", MPI_IMAGE).stdout)[0]
    assert config["Config"]["User"] == "10001:10001"
    show(capsys, f"with MPI {config['Size'] / 1e6:.1f} MB")


def test_ranks_in_one_container_share_a_load(results, schema):
    ranks = ("-n", "3", "--oversubscribe", "fetchbench", "-n", "100", "-c", "3")
    done = engine("run", "--rm", "--network", "none", "--cap-drop", "ALL", *mounted(results), "--entrypoint", "mpirun", MPI_IMAGE,
                  *ranks, "-o", "all.json")
    assert re.fullmatch("fetchbench: no URL given, .*\n", done.stderr)
    assert sorted(file.name for file in results.iterdir()) == ["all.json", *(f"all.rank{i}.json" for i in range(3))]
    report = check_report((results / "all.json").read_text(), schema)
    assert [host["runs"][0]["requests"]["completed"] for host in report["hosts"]] == [34, 33, 33]


def test_a_rank_is_started_by_ssh_without_root():
    command = ("ssh-keygen -q -t rsa -N '' -f ~/.ssh/id_rsa && cp ~/.ssh/id_rsa.pub ~/.ssh/authorized_keys && "
               "/usr/sbin/sshd -f /etc/ssh/sshd_fetchbench && ssh localhost 'id -u && command -v orted'")
    done = engine("run", "--rm", "--network", "none", "--cap-drop", "ALL", "--entrypoint", "sh", MPI_IMAGE, "-c", command)
    assert done.stdout == "10001\n/usr/bin/orted\n"


def test_it_tells_its_version_and_the_revision_it_was_built_from(fetchbench):
    outside = subprocess.run([fetchbench, "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout
    assert run("--version").stdout.split()[:2] == outside.split()[:2]


def test_it_is_no_root_and_filters_system_calls():
    words = inside("id -u; grep Seccomp: /proc/self/status").split()
    assert words[0] == "10001"
    assert words[-1] == "2"


@pytest.mark.parametrize("mode", STRATEGIES)
def test_the_same_requests_inside_and_outside(mode, nginx, run_fetchbench, results, schema, capsys):
    def arguments(token):
        return ["-M", mode, "-n", 100, "-c", 20, "--rounds", ROUNDS, f"{nginx.url}/get?{token}={{i}}"]

    outside = run_fetchbench(*arguments(f"out-{mode}")).runs
    run(*arguments(f"in-{mode}"), options=("--network", "host", *mounted(results)))
    report = only_report(results, schema)
    within = report["runs"]
    assert report["environment"]["container"] == ENGINE
    for token, runs in ((f"out-{mode}", outside), (f"in-{mode}", within)):
        assert [one["requests"]["completed"] for one in runs] == [100] * ROUNDS
        assert [one["status_codes"] for one in runs] == [{"200": 100}] * ROUNDS
        keys = [int(target.rpartition("=")[2]) for target in nginx.log.targets_once_there(f"{token}=", 100 * ROUNDS)]
        assert sorted(keys) == sorted([*range(100)] * ROUNDS)
    assert {one["bytes_received"] for one in within} == {one["bytes_received"] for one in outside}

    def ratio(figure):
        return statistics.median(map(figure, within)) / statistics.median(map(figure, outside))

    show(capsys, f"{mode}, inside / outside, medians of {ROUNDS} rounds of 100: "
                 f"wall {ratio(lambda one: one['wall_s']):.2f}, "
                 f"p50 {ratio(lambda one: one['latency']['percentiles_s']['50']):.2f}, "
                 f"CPU {ratio(lambda one: one['client']['cpu_us_per_request']):.2f}")


def test_without_a_url_it_serves_itself():
    done = run("-M", ",".join(STRATEGIES), "-n", 10, "-q", "-o", "-", options=("--network", "none", *HARDENED))
    report = check_report(done.stdout, None)
    assert [r["requests"]["completed"] for r in report["runs"]] == [10, 10, 10]


def test_nothing_writable_is_needed_for_a_report_on_standard_output(schema):
    report = check_report(run("-n", 10, "-q", "-o", "-", options=("--network", "none", *HARDENED)).stdout, schema)
    assert report["complete"] is True


def test_a_report_that_nothing_can_be_written_to_is_one_sentence():
    done = run("-n", 10, "-q", options=("--network", "none", *HARDENED), check=False)
    assert done.returncode == 1
    assert re.fullmatch(r"fetchbench: cannot write the report to \S+: Read-only file system\n", done.stderr)


def test_hardened_it_writes_to_results_as_the_given_user(tmp_path, schema):
    folder = tmp_path / "theirs"
    folder.mkdir()
    os.chown(folder, *((12345, 54321) if os.geteuid() == 0 else (-1, -1)))
    owner = folder.stat()
    run("-n", 10, options=("--network", "none", *HARDENED, "--user", f"{owner.st_uid}:{owner.st_gid}", *mounted(folder)))
    assert only_report(folder, schema)["complete"] is True
    for file in folder.iterdir():
        assert (file.stat().st_uid, file.stat().st_gid) == (owner.st_uid, owner.st_gid)


def test_two_containers_as_compose_runs_them(start, results, tmp_path, schema):
    """Both in one network namespace, as the engine's own network, and its names, cannot be had everywhere."""
    server, client = COMPOSE["endpoint"], COMPOSE["client"]
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 localhost endpoint\n")
    endpoint = start(*server["command"], options=("--network", "none", *HARDENED))
    healthy = server["healthcheck"]["test"]
    assert healthy[0] == "CMD"
    wait_until(lambda: engine("exec", endpoint, *healthy[1:], check=False).returncode == 0, what="the endpoint's health")
    run(*client["command"], options=("--network", f"container:{endpoint}", *HARDENED, *mounted(results),
                                     "--mount", f"type=bind,source={hosts},target=/etc/hosts,readonly"))
    report = only_report(results, schema)
    assert [r["requests"]["completed"] for r in report["runs"]] == [100, 100, 100]
    begun = time.monotonic()
    engine("stop", "--time", 60, endpoint)
    assert time.monotonic() - begun < 30
    assert engine("wait", endpoint).stdout.strip() == "0"


def test_an_endpoint_that_is_not_there_is_unhealthy():
    done = engine("run", "--rm", "--network", "none", "--entrypoint", COMPOSE["endpoint"]["healthcheck"]["test"][1], IMAGE,
                  *COMPOSE["endpoint"]["healthcheck"]["test"][2:], check=False)
    assert done.returncode == 3


def test_the_compose_file_is_one():
    if subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode != 0:
        pytest.skip("docker compose is not here")
    subprocess.run(["docker", "compose", "--file", ROOT / "compose.yaml", "config", "--quiet"], check=True)


def test_the_report_and_the_summary_tell_the_limits(results, schema):
    limits = ["--cpus", "1.5", "--memory", "256m", "--pids-limit", "333"]
    if ENGINE == "podman":
        limits += ["--cgroups", "enabled", "--cgroup-parent", os.environ["FETCHBENCH_CGROUP"]]
    probe = engine("run", "--rm", *limits, "--network", "none", IMAGE, "--version", check=False)
    if probe.returncode != 0:
        pytest.skip(f"{ENGINE} cannot limit containers here: {probe.stderr.strip().splitlines()[-1]}")
    done = run("-n", 10, options=("--network", "none", *limits, *mounted(results)))
    allowed = only_report(results, schema)["environment"]["limits"]
    assert (allowed["cpu_quota"], allowed["memory_bytes"], allowed["pids"]) == (1.5, 256 << 20, 333)
    assert f"fetchbench ran in a {ENGINE} container limited to 1.5 CPUs and 256 MiB." in done.stdout


@pytest.mark.parametrize("end", [("kill", "--signal", "TERM"), ("stop", "--time", "60")])
@pytest.mark.parametrize("mode", STRATEGIES)
def test_sigterm_ends_the_first_process_with_a_valid_report(end, mode, start, hostile, results, schema):
    container = start("-M", mode, "-n", 100, "-c", 4, f"{hostile.url}/silence",
                      options=("--network", "host", *HARDENED, *mounted(results)))
    in_flight = 1 if mode == "sequential" else 4
    hostile.wait_for_requests(in_flight)
    begun = time.monotonic()
    engine(*end, container)
    assert engine("wait", container).stdout.strip() == "143"
    assert time.monotonic() - begun < 30
    report = only_report(results, schema)
    assert report["complete"] is False
    assert report["runs"][0]["requests"]["cancelled"] == in_flight


@pytest.fixture
def own_report():
    """A name under the tree's results/, where docker_run.sh's containers write; gone afterwards."""
    path = ROOT / "results" / f"container-test-{os.getpid()}.json"
    yield path
    path.unlink(missing_ok=True)


def test_the_script_runs_the_image_it_has_and_leaves_the_caller_s_files(own_report, schema):
    done = subprocess.run([SCRIPT, "-n", "10", "-o", own_report.relative_to(ROOT)], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done
    assert "Building" not in done.stderr
    assert f"report: {own_report.relative_to(ROOT)}" in done.stdout
    assert (own_report.stat().st_uid, own_report.stat().st_gid) == (os.getuid(), os.getgid())
    assert check_report(own_report.read_text(), schema)["plan"]["requests"] == 10


def test_the_script_passes_the_exit_status_on():
    assert subprocess.run([SCRIPT, "--no-such-option"], stdin=subprocess.DEVNULL, capture_output=True, timeout=120,
                          check=False).returncode == 2


@pytest.mark.parametrize("number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_to_the_script_reach_the_container(number, status, hostile, own_report, schema):
    process = subprocess.Popen([SCRIPT, "-n", "20", "-c", "4", "-o", own_report.relative_to(ROOT), f"{hostile.url}/silence"],
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        hostile.wait_for_requests(4)
        process.send_signal(number)
        assert process.wait(30) == status
    finally:
        end_process(process)
    assert check_report(own_report.read_text(), schema)["runs"][0]["requests"]["cancelled"] == 4


def test_ctrl_c_on_a_terminal_reaches_the_container(hostile, own_report, schema):
    pid, master = pty.fork()
    if pid == 0:
        os.execv(SCRIPT, [str(SCRIPT), "-n", "20", "-c", "4", "-o", str(own_report.relative_to(ROOT)),
                          f"{hostile.url}/silence"])
    try:
        hostile.wait_for_requests(4)
        os.write(master, b"\x03")
        shown = b""
        while True:
            try:
                block = os.read(master, 4096)
            except OSError:
                break
            if not block:
                break
            shown += block
    finally:
        os.close(master)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert status == 130, shown
    assert b"was interrupted" in shown
    assert check_report(own_report.read_text(), schema)["complete"] is False

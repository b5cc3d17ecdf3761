"""What follows from the option table: help by topic, the manual page, and the completions of three shells."""
import os
import pty
import re
import select
import subprocess

import pytest

from conftest import said
from servers import end_process

pytestmark = pytest.mark.once

CONCEPTS = ["strategies", "modes", "protocol", "urls", "load", "sweeps", "units", "report", "samples", "formats", "errors", "table",
            "verdicts", "trust", "mpi", "exit"]
GROUPS = ["run", "send", "connect", "measure", "show"]


def spellings(text):
    """[["-m", "-X", "--method"], ...] of the rows of a help text."""
    rows = re.findall(r"^  ((?:-\S, )*|    )(--[\w.-]+)", text, re.M)
    return [[s.rstrip(",") for s in letters.split()] + [name] for letters, name in rows]


@pytest.fixture(scope="module")
def options(fetchbench):
    """The spellings of every option of the main command, as --help shows them."""
    rows = spellings(said(fetchbench, "--help"))
    assert len(rows) > 40
    return rows


@pytest.fixture(scope="module")
def names(options):
    return {row[-1] for row in options}


@pytest.fixture(scope="module")
def generated(fetchbench, tmp_path_factory):
    """A folder with what `generate` prints, under the names that the shells look for."""
    folder = tmp_path_factory.mktemp("generated")
    for what, name in (("man", "fetchbench.1"), ("bash", "fetchbench.bash"), ("zsh", "_fetchbench"), ("fish", "fetchbench.fish")):
        (folder / name).write_text(said(fetchbench, "generate", what))
    return folder


# Help

def test_help_ends_with_the_topics_that_exist(fetchbench):
    last = said(fetchbench, "--help").split("\n\n")[-1]
    assert "--help TOPIC" in last
    assert re.findall(r"\w+", last.split("one of:")[1]) == CONCEPTS


def test_every_topic_fits_80_columns(fetchbench, options):
    listed = said(fetchbench, "generate", "bash").split("_fetchbench_topics='")[1].split("'")[0].split()
    assert {row[-1][2:] for row in options} <= set(listed)
    assert set(CONCEPTS + GROUPS) <= set(listed)
    for topic in [""] + sorted(set(listed)):
        text = said(fetchbench, "help", *[topic] * bool(topic))
        assert max(map(len, text.splitlines())) < 80, topic


def test_every_spelling_of_an_option_explains_it_beyond_its_line(fetchbench, options):
    for row in options:
        text = said(fetchbench, "--help", row[-1])
        assert text.splitlines()[0].startswith(", ".join(row))
        assert len(text.split("\n\n")) > 1, row
        for spelling in row[:-1]:
            assert said(fetchbench, "--help", spelling) == text


@pytest.mark.parametrize("args, words", [
    (["--help", "send"], ["What to send", "--header", "--data"]),
    (["--help", "async"], ["async:threads=K", "--mode async"]),
    (["--help", "markdown"], ["--format markdown"]),
    (["--help", "urls"], ["{i}", "{line}", "{uuid}", "{random:", "--urls"]),
    (["--help", "modes"], ["[label=]name[:option=value", "all", "\\,"]),
    (["--help", "units"], ["10k", "250ms", "5%"]),
    (["--help", "report"], ["percentiles_s", "report.schema.json", "runs[]"]),
    (["--help", "samples"], ["index", "first_byte_s", "end_s", "worker", "NDJSON", "CSV"]),
    (["--help", "exit"], ["130", "143", "2", "1", "7", "3", "0"]),
    (["--help", "srun"], ["mpirun -n 4", "--requests", "out.rank3.json", "merge --shares", "status is 7", "--enable-recovery"]),
    (["--help", "errors"], ["connection_refused", "too_many_files", "http_status"]),
    (["--help", "strategies"], ["sequential", "threads:queue=N", "async:threads=K"]),
    (["--help", "formats"], ["text", "json", "markdown", "csv"]),
    (["--help", "endpoint"], ["fetchbench serve", "--listen", "/delay/{seconds}", "/get"]),
    (["--help", "listen"], ["fetchbench serve", "--listen"]),
    (["--help", "generate"], ["bash", "zsh", "fish", "man"]),
], ids=lambda value: value[-1] if isinstance(value, list) and value[0] == "--help" else "")
def test_a_topic_says_what_belongs_to_it(fetchbench, args, words):
    text = said(fetchbench, *args)
    for word in words:
        assert word in text
    assert said(fetchbench, "help", *args[1:]) == text


def test_a_title_of_several_words_is_a_topic_without_quotes(fetchbench):
    assert said(fetchbench, "help", "several", "machines") == said(fetchbench, "help", "several machines")


def test_help_of_a_command_is_the_topic_of_that_name(fetchbench):
    for command in ("serve", "generate"):
        assert said(fetchbench, command, "--help") == said(fetchbench, "--help", command)
    assert said(fetchbench, "serve", "--help", "exit") == said(fetchbench, "help", "exit")


@pytest.mark.parametrize("args, words", [
    (["--help", "strategis"], ["strategis", "strategies"]),
    (["--help", "--concurency"], ["--concurency", "concurrency"]),
    (["help", "mods"], ["mods", "mode"]),
    (["help", "nothing-of-the-kind"], ["nothing-of-the-kind", "--help"]),
    (["serve", "--help", "lsten"], ["lsten", "listen"]),
    (["generate"], ["man", "bash", "zsh", "fish"]),
    (["generate", "csh"], ["csh", "bash"]),
    (["generate", "bash", "zsh"], ["zsh"]),
], ids=lambda value: " ".join(value))
def test_an_unknown_topic_is_refused_with_the_nearest(run_fetchbench, args, words):
    outcome = run_fetchbench(*args, status=2, report=False)
    assert outcome.stdout == "" and len(outcome.stderr.splitlines()) == 1
    for word in words:
        assert word in outcome.stderr


def test_help_is_the_same_on_a_terminal_as_through_a_pipe(fetchbench):
    master, slave = pty.openpty()
    process = subprocess.Popen([fetchbench, "--help", "exit"], stdin=subprocess.DEVNULL, stdout=slave)
    os.close(slave)
    shown = read_terminal(master, lambda text: False)
    assert process.wait(timeout=10) == 0
    os.close(master)
    assert shown.replace("\r\n", "\n") == said(fetchbench, "--help", "exit")


def read_terminal(master, enough, seconds=30):
    """What comes from a terminal until that is enough, or its other end is closed."""
    text = ""
    while not enough(text):
        assert select.select([master], [], [], seconds)[0], f"nothing more after {text[-1000:]!r}"
        try:
            more = os.read(master, 65536)
        except OSError:  # closed
            break
        text += more.decode(errors="replace")
    return text


# The manual page

def test_the_manual_page_is_rendered_without_a_warning(generated):
    page = generated / "fetchbench.1"
    assert said("groff", "-man", "-ww", "-Tutf8", "-K", "utf8", page)
    text = said("man", "--warnings", "-l", page, env={**os.environ, "MANWIDTH": "80", "MANPAGER": "cat", "LC_ALL": "C.UTF-8"})
    for heading in ("NAME", "SYNOPSIS", "OPTIONS", "STRATEGIES", "MODES", "UNITS", "SAMPLES", "EXIT STATUS", "COMMANDS",
                    "EXAMPLES", "SEE ALSO"):
        assert re.search(rf"^{heading}$", text, re.M), heading
    assert "fetchbench - compare" in text


def test_the_manual_page_has_every_option(generated, options):
    text = said("man", "-l", generated / "fetchbench.1",
                env={**os.environ, "MANWIDTH": "80", "MANPAGER": "cat", "LC_ALL": "C.UTF-8"})
    for row in options:
        assert re.search(rf"^ +{re.escape(', '.join(row))}(?= |$)", text, re.M), row
    assert re.search(r"^ +-l, --listen ADDRESS", text, re.M)


def test_nothing_of_the_manual_page_is_taken_for_a_request(generated):
    for line in (generated / "fetchbench.1").read_text().splitlines():
        assert not line.startswith("'")
        if line.startswith("."):
            assert re.match(r"\.(TH|SH|SS|TP|PP|IP|B|BR|br|nf|fi|nh|ad l)\b", line), line
        assert len(line) <= 100 and line.isascii()


# Completions: (what is typed, candidates that must be among those offered, candidates that must not)

LINES = [
    ("--fo", {"--format"}, {"--help"}),
    ("--format ", {"text", "json", "markdown", "csv"}, set()),
    ("-f m", {"markdown"}, {"text"}),
    ("--order i", {"issued"}, {"completed"}),
    ("--dns=e", {"each"}, {"once"}),
    ("", {"serve", "help", "generate"}, {"--format"}),
    ("s", {"serve"}, {"help"}),
    ("serve --", {"--listen", "--public", "--pretty"}, {"--format"}),
    ("generate ", {"man", "bash", "zsh", "fish"}, set()),
    ("help uni", {"units"}, {"urls"}),
    ("--help exi", {"exit"}, {"urls"}),
    ("--mode ", {"sequential", "threads", "async", "all"}, {"serve"}),
    ("--mode sequential,asy", {"async"}, {"threads"}),
    ("--mode async:", {"threads="}, {"queue="}),
    ("--mode=two=threads:", {"queue="}, {"threads="}),
    ("--mode async,one=th", {"threads"}, {"async"}),
    ("-M asy", {"async"}, {"all"}),
    ("--cacert cert-", {"cert-file.pem"}, {"--format"}),
    ("--samples cert-", {"cert-file.pem"}, set()),
    ("report cert-", {"cert-file.pem"}, set()),
    ("report -f m", {"markdown"}, {"text"}),
    ("merge cert-", {"cert-file.pem"}, {"--shares"}),
    ("--timeout ", set(), {"serve", "cert-file.pem"}),
    ("http://127.0.0.1/ --qui", {"--quiet"}, set()),
]


@pytest.fixture
def shell_folder(tmp_path):
    (tmp_path / "cert-file.pem").touch()
    return tmp_path


def check_offers(offers, line, wanted, unwanted):
    """What a shell offers may have in front of it what is in the word already."""
    ends = {offer.rstrip() for offer in offers}
    for word in wanted:
        assert any(re.search(rf"(^|[,:=]){re.escape(word)}$", end) for end in ends), (line, ends)
    for word in unwanted:
        assert not any(re.search(rf"(^|[,:=]){re.escape(word)}$", end) for end in ends), (line, ends)


BASH = r"""
. "$1"
complete -p fetchbench >/dev/null || exit 1
COMP_LINE="fetchbench $2" COMP_POINT=${#COMP_LINE} COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'
line=${COMP_LINE//=/ = } line=${line//:/ : }
read -ra COMP_WORDS <<<"$line"
[[ $COMP_LINE == *[\ =:] ]] && COMP_WORDS+=('')
[[ ${COMP_WORDS[-1]} == '' && ${COMP_WORDS[-2]} == [=:] && $COMP_LINE != *' ' ]] && unset 'COMP_WORDS[-1]'
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_fetchbench
printf '%s\n' "${COMPREPLY[@]}"
"""


def bash_offers(generated, folder, line):
    return said("bash", "-c", BASH, "bash", generated / "fetchbench.bash", line, cwd=folder).splitlines()


def fish_offers(generated, folder, line):
    out = said("fish", "--no-config", "-c", "source $argv[1]; complete -C \"fetchbench $argv[2]\"", generated / "fetchbench.fish",
               line, cwd=folder, env={**os.environ, "HOME": str(folder)})
    return [row.split("\t")[0] for row in out.splitlines()]


# Candidates go where completions go, and to a file as well.
ZSH = r"""
PROMPT= RPROMPT=
fpath=($GENERATED $fpath)
autoload -Uz compinit && compinit -u -D
compadd() {
    if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return; fi
    local -a hits
    builtin compadd -A hits "$@"
    print -rl -- $hits >>$OFFERS
    builtin compadd "$@"
}
offer() { : >$OFFERS; zle complete-word; zle kill-whole-line; print -rn -- "offered:$((++count));" }
zle -N offer
bindkey '^T' offer
print -r -- "ready:0;"
"""


class Zsh:
    """An interactive zsh on a terminal of its own."""

    def __init__(self, generated, folder):
        self.offers = folder / "offers"
        (folder / "setup.zsh").write_text(ZSH)
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(
            ["zsh", "-f", "-i"], stdin=slave, stdout=slave, stderr=slave, cwd=folder, start_new_session=True,
            env={**os.environ, "TERM": "dumb", "HOME": str(folder), "GENERATED": str(generated), "OFFERS": str(self.offers)})
        os.close(slave)
        self.count = 0
        os.write(self.master, b"source ./setup.zsh\n")
        read_terminal(self.master, lambda text: "ready:0;" in text)

    def offered(self, line):
        self.count += 1
        os.write(self.master, f"fetchbench {line}".encode() + b"\x14")
        read_terminal(self.master, lambda text: f"offered:{self.count};" in text)
        return self.offers.read_text().splitlines()

    def close(self):
        os.close(self.master)
        end_process(self.process)


@pytest.fixture(scope="module")
def zsh(generated, tmp_path_factory):
    folder = tmp_path_factory.mktemp("zsh")
    (folder / "cert-file.pem").touch()
    shell = Zsh(generated, folder)
    yield shell
    shell.close()


@pytest.mark.parametrize("line, wanted, unwanted", LINES, ids=[line for line, _, _ in LINES])
def test_bash_completes(generated, shell_folder, line, wanted, unwanted):
    check_offers(bash_offers(generated, shell_folder, line), line, wanted, unwanted)


@pytest.mark.parametrize("line, wanted, unwanted", LINES, ids=[line for line, _, _ in LINES])
def test_fish_completes(generated, shell_folder, line, wanted, unwanted):
    check_offers(fish_offers(generated, shell_folder, line), line, wanted, unwanted)


@pytest.mark.parametrize("line, wanted, unwanted", LINES, ids=[line for line, _, _ in LINES])
def test_zsh_completes(zsh, line, wanted, unwanted):
    check_offers(zsh.offered(line), line, wanted, unwanted)


def test_every_option_is_offered_by_every_shell(generated, shell_folder, zsh, names):
    assert names <= set(bash_offers(generated, shell_folder, "--"))
    assert names <= set(fish_offers(generated, shell_folder, "--"))
    assert names <= set(zsh.offered("--"))


def test_what_bash_offers_continues_the_word_that_bash_sees(generated, shell_folder):
    assert bash_offers(generated, shell_folder, "--mode two=async:th") == ["threads="]
    assert bash_offers(generated, shell_folder, "--mode sequential,asy") == ["sequential,async"]
    assert bash_offers(generated, shell_folder, "--format=js") == ["json"]


def test_a_tab_in_bash_carries_out_nothing_that_was_typed(generated, shell_folder):
    bash_offers(generated, shell_folder, "--mode $(touch${IFS}carried-out)=asy")
    bash_offers(generated, shell_folder, "--mode `touch${IFS}carried-out`,asy")
    assert not (shell_folder / "carried-out").exists()


def test_a_tab_in_bash_completes_the_line(generated, shell_folder):
    (shell_folder / "setup.bash").write_text(
        f". {generated / 'fetchbench.bash'}; PS1=; bind -x '\"\\C-t\": printf \"line:%s;\" \"$READLINE_LINE\"'; echo ready:\n")
    master, slave = pty.openpty()
    shell = subprocess.Popen(["bash", "--norc", "--noprofile", "-i"], stdin=slave, stdout=slave, stderr=slave, cwd=shell_folder,
                             start_new_session=True, env={**os.environ, "TERM": "dumb", "INPUTRC": "/dev/null"})
    os.close(slave)
    try:
        os.write(master, b". ./setup.bash\n")
        read_terminal(master, lambda text: "ready:" in text)
        for typed, line in (("--fo", "--format "), ("--mode two=async:th", "--mode two=async:threads="), ("--format=js", "--format=json "),
                            ("-M sequential,asy", "-M sequential,async"), ("--cacert cert-f", "--cacert cert-file.pem ")):
            os.write(master, b"\x15" + f"fetchbench {typed}".encode() + b"\t\x14")
            shown = read_terminal(master, lambda text: re.search(r"line:.*;", text))
            assert re.search(r"line:(.*);", shown)[1] == f"fetchbench {line}"
    finally:
        os.close(master)
        end_process(shell)


def test_completions_are_free_of_syntax_errors(generated):
    for shell, name in (("bash", "fetchbench.bash"), ("zsh", "_fetchbench"), ("fish", "fetchbench.fish")):
        said(shell, "-n", generated / name)

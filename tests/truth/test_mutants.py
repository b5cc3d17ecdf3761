"""Tests of the tests: a client that measures wrongly is caught by those that hold it against the truth."""
import pytest

from conftest import ROOT
from mutants import MUTANTS, Workshop


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    """A built copy, of which all tests that are to fail pass."""
    shop = Workshop(tmp_path_factory.mktemp("mutants"))
    killers = sorted({killer for mutant in MUTANTS for killer in mutant.killers})
    shop.make(killers)
    for killer in killers:
        passed, said = shop.passes(killer)
        assert passed, said
    return shop


@pytest.mark.once
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_fits_the_source(mutant):
    mutant.check(ROOT)


@pytest.mark.long
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_is_caught(workshop, mutant):
    restore = workshop.mutate(mutant)
    try:
        workshop.make(mutant.killers)
        survived = [killer for killer in mutant.killers if workshop.passes(killer)[0]]
        assert not survived
    finally:
        restore()

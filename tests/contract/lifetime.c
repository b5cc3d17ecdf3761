#include "contract.h"
const struct contract_case lifetime_cases[] = {{0}};

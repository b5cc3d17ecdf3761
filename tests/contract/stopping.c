#include "contract.h"
const struct contract_case stopping_cases[] = {{0}};

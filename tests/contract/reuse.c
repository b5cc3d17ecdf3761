#include "contract.h"
const struct contract_case reuse_cases[] = {{0}};

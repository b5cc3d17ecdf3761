#include "contract.h"
const struct contract_case failure_cases[] = {{0}};

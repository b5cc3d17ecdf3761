#include "contract.h"
const struct contract_case answer_cases[] = {{0}};

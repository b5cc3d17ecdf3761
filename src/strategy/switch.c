/* The switch: what a called function has to keep is pushed, the stack pointer exchanged, and the same popped
 * from the other stack. Control words of the floating-point units are left as they are: nothing here changes
 * them. */
#include "strategy/switch.h"

#include <stdint.h>
#include <stdlib.h>

#if defined(__x86_64__)
/* rbx, rbp and r12 to r15 are the callee's to keep (System V ABI, AMD64, 3.2.1). A new fiber finds its
 * function in r12 and the argument in r13. */
__asm__(".text\n"
        ".globl fetchbench_switch\n"
        ".hidden fetchbench_switch\n"
        ".type fetchbench_switch, @function\n"
        "fetchbench_switch:\n"
        "  pushq %rbp\n"
        "  pushq %rbx\n"
        "  pushq %r12\n"
        "  pushq %r13\n"
        "  pushq %r14\n"
        "  pushq %r15\n"
        "  movq %rsp, (%rdi)\n"
        "  movq %rsi, %rsp\n"
        "  popq %r15\n"
        "  popq %r14\n"
        "  popq %r13\n"
        "  popq %r12\n"
        "  popq %rbx\n"
        "  popq %rbp\n"
        "  ret\n"
        ".size fetchbench_switch, .-fetchbench_switch\n"
        ".globl fetchbench_enter\n"
        ".hidden fetchbench_enter\n"
        ".type fetchbench_enter, @function\n"
        "fetchbench_enter:\n"
        "  movq %r13, %rdi\n"
        "  xorl %ebp, %ebp\n"
        "  call *%r12\n"
        "  ud2\n"
        ".size fetchbench_enter, .-fetchbench_enter\n");

enum { KEPT_R15, KEPT_R14, ARGUMENT, FUNCTION, KEPT_RBX, KEPT_RBP, RETURN, FRAME_WORDS };
/* With the words above the frame the stack is aligned to 16 bytes at the call. */
#define FRAME_BYTES ((FRAME_WORDS + 2) * sizeof(uintptr_t))

#elif defined(__aarch64__)
/* x19 to x30 and the lower halves of v8 to v15 are the callee's to keep (AAPCS64, 6.1). A new fiber finds its
 * function in x19 and the argument in x20. */
__asm__(".text\n"
        ".globl fetchbench_switch\n"
        ".hidden fetchbench_switch\n"
        ".type fetchbench_switch, %function\n"
        "fetchbench_switch:\n"
        "  sub sp, sp, #160\n"
        "  stp x19, x20, [sp, #0]\n"
        "  stp x21, x22, [sp, #16]\n"
        "  stp x23, x24, [sp, #32]\n"
        "  stp x25, x26, [sp, #48]\n"
        "  stp x27, x28, [sp, #64]\n"
        "  stp x29, x30, [sp, #80]\n"
        "  stp d8, d9, [sp, #96]\n"
        "  stp d10, d11, [sp, #112]\n"
        "  stp d12, d13, [sp, #128]\n"
        "  stp d14, d15, [sp, #144]\n"
        "  mov x9, sp\n"
        "  str x9, [x0]\n"
        "  mov sp, x1\n"
        "  ldp x19, x20, [sp, #0]\n"
        "  ldp x21, x22, [sp, #16]\n"
        "  ldp x23, x24, [sp, #32]\n"
        "  ldp x25, x26, [sp, #48]\n"
        "  ldp x27, x28, [sp, #64]\n"
        "  ldp x29, x30, [sp, #80]\n"
        "  ldp d8, d9, [sp, #96]\n"
        "  ldp d10, d11, [sp, #112]\n"
        "  ldp d12, d13, [sp, #128]\n"
        "  ldp d14, d15, [sp, #144]\n"
        "  add sp, sp, #160\n"
        "  ret\n"
        ".size fetchbench_switch, .-fetchbench_switch\n"
        ".globl fetchbench_enter\n"
        ".hidden fetchbench_enter\n"
        ".type fetchbench_enter, %function\n"
        "fetchbench_enter:\n"
        "  mov x0, x20\n"
        "  mov x29, xzr\n"
        "  blr x19\n"
        "  brk #1\n"
        ".size fetchbench_enter, .-fetchbench_enter\n");

enum { FUNCTION = 0, ARGUMENT = 1, RETURN = 11, FRAME_WORDS = 20 };
#define FRAME_BYTES (FRAME_WORDS * sizeof(uintptr_t))
#endif

#if defined(__x86_64__) || defined(__aarch64__)

void fetchbench_switch(void **from, void *to);
void fetchbench_enter(void);

void switch_prepare(struct switch_point *at, char *stack, size_t stack_bytes, void (*run)(void *argument),
                    void *argument) {
    uintptr_t top = (uintptr_t)(stack + stack_bytes) & ~(uintptr_t)15;
    uintptr_t *frame = (uintptr_t *)(top - FRAME_BYTES);
    for (int i = 0; i < FRAME_WORDS; i++)
        frame[i] = 0;
    frame[FUNCTION] = (uintptr_t)run;
    frame[ARGUMENT] = (uintptr_t)argument;
    frame[RETURN] = (uintptr_t)fetchbench_enter;
    at->stack = frame;
}

void switch_stacks(struct switch_point *from, struct switch_point *to) {
    fetchbench_switch(&from->stack, to->stack);
}

#else

static void enter(unsigned run_high, unsigned run_low, unsigned argument_high, unsigned argument_low) {
    void (*run)(void *) = (void (*)(void *))(uintptr_t)((uint64_t)run_high << 32 | run_low);
    run((void *)(uintptr_t)((uint64_t)argument_high << 32 | argument_low));
    abort();
}

/* makecontext passes ints alone. */
void switch_prepare(struct switch_point *at, char *stack, size_t stack_bytes, void (*run)(void *argument),
                    void *argument) {
    uint64_t function = (uint64_t)(uintptr_t)run, given = (uint64_t)(uintptr_t)argument;
    if (getcontext(&at->context))
        abort(); /* it fails only for a bad address */
    at->context.uc_stack.ss_sp = stack;
    at->context.uc_stack.ss_size = stack_bytes;
    at->context.uc_link = NULL;
    makecontext(&at->context, (void (*)(void))enter, 4, (unsigned)(function >> 32), (unsigned)function,
                (unsigned)(given >> 32), (unsigned)given);
}

void switch_stacks(struct switch_point *from, struct switch_point *to) {
    if (swapcontext(&from->context, &to->context))
        abort();
}

#endif

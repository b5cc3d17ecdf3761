/* The processes below one, and their threads, from /proc. What is gone by the time that it is asked for is
 * left out. Takes 140 KiB of stack and a directory stream; any thread may call it. */
#ifndef FETCHBENCH_RECORD_TREE_H
#define FETCHBENCH_RECORD_TREE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define TREE_TEXT 4096

/* Calls visit for root and its living descendants, each before its children. False when there are more of
 * them than are looked at. */
bool tree_visit(pid_t root, void (*visit)(pid_t pid, int32_t threads, void *state), void *state);

/* Calls visit with the number of each thread of a process. 0, also when the process is gone, or -1. */
int tree_visit_threads(pid_t pid, void (*visit)(pid_t pid, const char *thread, void *state), void *state);

/* Reads the beginning of a file as text. Returns 0, or -1 with errno. */
int tree_read_text(const char *path, char out[TREE_TEXT]);

/* The field of /proc/PID/stat that proc(5) gives this number; 0 if there is none. The name, which is number
 * 2, ends at name_end. */
long tree_stat_field(const char *name_end, int number);

#endif

/* --save: a body on its way into a file of the folder. It is written as it comes, to a file of its own, and
 * renamed when the answer is whole, so that under its name there is only ever a whole body, whoever else
 * fetches the same URL at the same time. Names are digests and the folder is held open: nothing that a URL or
 * a server says leads out of it. Not for several threads at once. */
#ifndef FETCHBENCH_HTTP_SAVE_H
#define FETCHBENCH_HTTP_SAVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "http/digest.h"

#define SAVE_PART 64 /* bytes of the name of a file that is being written */

struct save {
    int folder; /* borrowed; -1: nothing is saved */
    int file;   /* being written, -1 for none */
    bool failed;
    int why; /* errno of the first call that failed */
    char name[DIGEST_TEXT], part[SAVE_PART];
};

/* Whether bodies can be saved there: a folder that can be written to, or a name for one where that can be
 * made. 0, or -1 with err filled (ERR_USAGE). Changes nothing. */
int save_check(const char *folder, struct err *err);

/* Makes the folder where there is none. 0, or -1 with err filled. */
int save_make_folder(const char *folder, struct err *err);

/* How many bodies the folder holds, of whatever run; -1 when it cannot be read. */
int64_t save_count(const char *folder);

/* Opens the folder for save_init. The descriptor, or -1 with err filled. */
int save_open_folder(const char *folder, struct err *err);

/* `slot` is no other's in this process that saves at the same time. */
void save_init(struct save *s, int folder, size_t slot);

/* Says under which URL what comes next is to be found: SHA-256 of its text, in hex. */
void save_set_url(struct save *s, struct digest *digest, const char *url);

/* Writes what came. False when it cannot: `why` says that, and the rest is to be dropped. */
bool save_write(struct save *s, const char *data, size_t length);

/* Gives the whole body its name. False as above, with nothing left behind. */
bool save_finish(struct save *s);

/* Removes what was written of a body that is not to be kept, and forgives what failed. */
void save_drop(struct save *s);

#endif

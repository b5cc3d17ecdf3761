/* Files by openat and renameat below one folder. Not flushed to the disk: what a crash of the machine takes
 * away can be fetched again. */
#include "http/save.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"

static int refuse(const char *folder, const char *why, struct err *err) {
    return err_set(err, ERR_USAGE, "--save %.200s cannot be written to: %s", folder, why);
}

/* The folder in which one of that name would be made. */
static void parent_of(const char *folder, char *out, size_t size) {
    size_t length = strlen(folder);
    while (length > 1 && folder[length - 1] == '/')
        length--;
    while (length > 0 && folder[length - 1] != '/')
        length--;
    snprintf(out, size, "%.*s", length ? (int)length : 1, length ? folder : ".");
}

int save_check(const char *folder, struct err *err) {
    struct stat found;
    if (!*folder)
        return err_set(err, ERR_USAGE, "--save takes the name of a folder, not nothing");
    if (stat(folder, &found)) {
        char parent[4096];
        parent_of(folder, parent, sizeof parent);
        return errno != ENOENT || access(parent, W_OK | X_OK) ? refuse(folder, strerror(errno), err) : 0;
    }
    if (!S_ISDIR(found.st_mode))
        return refuse(folder, "it is no folder", err);
    return access(folder, W_OK | X_OK) ? refuse(folder, strerror(errno), err) : 0;
}

int save_make_folder(const char *folder, struct err *err) {
    if (mkdir(folder, 0777) == 0 || errno == EEXIST)
        return 0;
    return err_set_errno(err, "cannot make the folder %.200s of --save", folder);
}

static bool is_body(const char *name) {
    return strlen(name) == DIGEST_TEXT - 1 && strspn(name, "0123456789abcdef") == DIGEST_TEXT - 1;
}

int64_t save_count(const char *folder) {
    int64_t count = 0;
    DIR *listing = opendir(folder);
    if (!listing)
        return -1;
    for (const struct dirent *file = readdir(listing); file; file = readdir(listing))
        count += is_body(file->d_name);
    closedir(listing);
    return count;
}

int save_open_folder(const char *folder, struct err *err) {
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? err_set_errno(err, "cannot open the folder %.200s of --save", folder) : fd;
}

void save_init(struct save *s, int folder, size_t slot) {
    *s = (struct save){.folder = folder, .file = -1};
    /* The moment keeps it apart from what a killed process left, and from another container's. */
    snprintf(s->part, sizeof s->part, ".fetchbench-%ld-%zu-%" PRIx64, (long)getpid(), slot, clock_now_ns());
}

void save_set_url(struct save *s, struct digest *digest, const char *url) {
    if (!digest_text(digest, url, strlen(url), s->name))
        s->name[0] = '\0'; /* then renaming fails */
}

static bool fail(struct save *s) {
    if (!s->failed)
        s->why = errno;
    s->failed = true;
    return false;
}

static bool open_part(struct save *s) {
    s->file = openat(s->folder, s->part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    return s->file >= 0 || fail(s);
}

bool save_write(struct save *s, const char *data, size_t length) {
    if (s->failed || (s->file < 0 && !open_part(s)))
        return false;
    while (length > 0) {
        ssize_t written = write(s->file, data, length);
        if (written < 0 && errno != EINTR)
            return fail(s);
        if (written <= 0)
            continue;
        data += written;
        length -= (size_t)written;
    }
    return true;
}

static bool close_part(struct save *s) {
    int code = close(s->file);
    s->file = -1;
    return code == 0 || errno == EINTR || fail(s);
}

bool save_finish(struct save *s) {
    if (!save_write(s, "", 0))
        return false;
    if (close_part(s) && (renameat(s->folder, s->part, s->folder, s->name) == 0 || fail(s)))
        return true;
    unlinkat(s->folder, s->part, 0);
    return false;
}

void save_drop(struct save *s) {
    if (s->file >= 0) {
        close(s->file);
        unlinkat(s->folder, s->part, 0);
    }
    s->file = -1;
    s->failed = false;
}

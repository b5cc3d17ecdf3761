/* Putting a report where it was asked for, so that a reader of the file sees the old report or the new one
 * and never half of one. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "report/report.h"

static int fail(struct err *err, const char *path) {
    return err_set(err, ERR_OUTPUT, "cannot write the report to %s: %s", path, strerror(errno));
}

static int write_descriptor(int fd, const char *path, const struct buf *text, struct err *err) {
    if (fflush(NULL) != 0 || fd_write_all(fd, text->text, text->length))
        return fail(err, path);
    return 0;
}

static int write_straight(const char *path, const struct buf *text, struct err *err) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        return fail(err, path);
    int failed = fd_write_all(fd, text->text, text->length);
    int cause = errno;
    if (close(fd) != 0 && !failed)
        return fail(err, path);
    errno = cause;
    return failed ? fail(err, path) : 0;
}

/* A temporary file in the target's own directory, since a rename does not cross file systems. */
static int open_temporary(const char *target, char *name, size_t size) {
    const char *slash = strrchr(target, '/');
    int directory = slash ? (int)(slash - target + 1) : 0;
    for (int attempt = 0; attempt < 100; attempt++) {
        int length =
            snprintf(name, size, "%.*s.fetchbench-%ld-%d.tmp", directory, target, (long)getpid(), attempt);
        if (length < 0 || (size_t)length >= size) {
            errno = ENAMETOOLONG;
            return -1;
        }
        int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

static int fill(int fd, const struct buf *text, const struct stat *old) {
    if (old && fchmod(fd, old->st_mode & 07777) != 0)
        return -1;
    return fd_write_all(fd, text->text, text->length) || fsync(fd) != 0 ? -1 : 0;
}

static int replace(const char *target, const struct stat *old, const struct buf *text, struct err *err) {
    char temporary[PATH_MAX];
    int fd = open_temporary(target, temporary, sizeof temporary);
    if (fd < 0)
        return fail(err, target);
    int failed = fill(fd, text, old);
    int cause = errno;
    if (close(fd) != 0 && !failed) {
        failed = -1;
        cause = errno;
    }
    if (!failed && rename(temporary, target) != 0) {
        failed = -1;
        cause = errno;
    }
    if (!failed)
        return 0;
    unlink(temporary);
    errno = cause;
    return fail(err, target);
}

static bool is_open_as(int fd, const struct stat *file) {
    struct stat open_file;
    return fstat(fd, &open_file) == 0 && open_file.st_dev == file->st_dev && open_file.st_ino == file->st_ino;
}

/* Names of what this process has open: replacing what they lead to would take it from under the opener. */
static bool names_descriptor(const char *path) {
    return strncmp(path, "/dev/fd/", 8) == 0 || strncmp(path, "/proc/", 6) == 0;
}

/* `path` exists and is a regular file. */
static int replace_existing(const char *path, const struct stat *old, const struct buf *text,
                            struct err *err) {
    if (is_open_as(STDOUT_FILENO, old))
        return write_descriptor(STDOUT_FILENO, path, text, err);
    if (is_open_as(STDERR_FILENO, old))
        return write_descriptor(STDERR_FILENO, path, text, err);
    if (access(path, W_OK) != 0)
        return fail(err, path);
    char *target = realpath(path, NULL); /* a link stays a link to the new report */
    if (!target)
        return fail(err, path);
    int failed = replace(target, old, text, err);
    free(target);
    return failed;
}

int report_put_text(const struct buf *text, const char *path, struct err *err) {
    struct stat file, link;
    if (strcmp(path, "-") == 0)
        return write_descriptor(STDOUT_FILENO, "standard output", text, err);
    bool exists = stat(path, &file) == 0;
    bool dangling = !exists && lstat(path, &link) == 0;
    if ((exists && !S_ISREG(file.st_mode)) || dangling || names_descriptor(path))
        return write_straight(path, text, err);
    return exists ? replace_existing(path, &file, text, err) : replace(path, NULL, text, err);
}

int report_write_file(const struct report *r, const char *path, struct err *err) {
    struct buf text;
    buf_init(&text, REPORT_TEXT_LIMIT);
    int failed = report_write_text(r, &text);
    if (failed)
        err_set(err, ERR_OUTPUT, "cannot write the report to %s: it takes more memory than there is", path);
    else
        failed = report_put_text(&text, path, err);
    buf_fini(&text);
    return failed;
}

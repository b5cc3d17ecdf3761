/* Trees of small files under a folder of their own, for what reads /proc and /sys. */
#ifndef FETCHBENCH_TESTS_TREE_H
#define FETCHBENCH_TESTS_TREE_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The last of several has no path. A text that begins with "->" makes a symbolic link to the rest of it, one
 * that begins with '\1' has every '\1' after that written as NUL. */
struct file {
    const char *path, *text;
};

static void tree_make_folders(const char *path) {
    char part[256];
    for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        snprintf(part, sizeof part, "%.*s", (int)(slash - path), path);
        mkdir(part, 0700);
    }
}

static void tree_write(const char *path, const char *text) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    bool has_nuls = *text == '\1';
    for (const char *c = text + has_nuls; *c; c++)
        putc(*c == '\1' ? '\0' : *c, file);
    assert_int_equal(fclose(file), 0);
}

static void tree_make(const char *root, const struct file *files) {
    char path[256];
    for (const struct file *f = files; f->path; f++) {
        snprintf(path, sizeof path, "%s%s", root, f->path);
        tree_make_folders(path);
        if (strncmp(f->text, "->", 2) == 0)
            assert_int_equal(symlink(f->text + 2, path), 0);
        else
            tree_write(path, f->text);
    }
}

static void tree_remove(const char *root, const struct file *files) {
    char path[256];
    for (const struct file *f = files; f->path; f++) {
        snprintf(path, sizeof path, "%s%s", root, f->path);
        for (char *slash = path + strlen(path); slash && slash >= path + strlen(root);
             slash = strrchr(path, '/')) {
            *slash = '\0';
            remove(path); /* folders go with their last file */
        }
    }
    rmdir(root);
}

#endif

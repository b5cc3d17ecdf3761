/* Runs a fuzz target over every file of the folders named, in memory of just the file's size: the part of
 * fuzzing that every build can do. Prints how many there were. */
#include <dirent.h>
#include <err.h>
#include <string.h>

#include "fuzz.h"

static void replay_file(const char *folder, const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (!file)
        err(1, "%s", path);
    static uint8_t block[1 << 20];
    size_t size = fread(block, 1, sizeof block, file);
    if (ferror(file) || size == sizeof block)
        errx(1, "%s cannot be read, or is too large", path);
    fclose(file);
    uint8_t *exact = malloc(size ? size : 1);
    memcpy(exact, block, size);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
}

static int replay_folder(const char *folder) {
    DIR *files = opendir(folder);
    if (!files)
        err(1, "%s", folder);
    int count = 0;
    for (struct dirent *f = readdir(files); f; f = readdir(files))
        if (f->d_name[0] != '.') {
            printf("%s\n", f->d_name);
            fflush(stdout);
            replay_file(folder, f->d_name);
            count++;
        }
    closedir(files);
    return count;
}

int main(int argc, char **argv) {
    int count = 0;
    for (int i = 1; i < argc; i++)
        count += replay_folder(argv[i]);
    printf("%d files\n", count);
    return count == 0;
}

/*
 * Preloaded into a process: the n-th fsync or fdatasync fails with EIO, without reaching the disk, where n is the value
 * of KVGRID_FSYNC_FAIL; all others go through. Each call is a line in the file that KVGRID_FSYNC_LOG names:
 * "ok <path>" or "EIO <path>".
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static atomic_long calls;

static int force(const char *function, int file) {
    const char *at = getenv("KVGRID_FSYNC_FAIL");
    const char *log = getenv("KVGRID_FSYNC_LOG");
    int fails = at != NULL && atomic_fetch_add(&calls, 1) + 1 == atol(at);
    int result = -1;
    int error = EIO;
    char link[64];
    char path[PATH_MAX];
    char line[PATH_MAX + 8];
    ssize_t length;

    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    length = readlink(link, path, sizeof path - 1);
    path[length < 0 ? 0 : length] = '\0';
    if (!fails) {
        int (*real)(int) = (int (*)(int)) dlsym(RTLD_NEXT, function);
        result = real(file);
        error = errno;
    }
    if (log != NULL) {
        int out = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        length = snprintf(line, sizeof line, "%s %s\n", result == 0 ? "ok" : "EIO", path);
        if (out < 0 || write(out, line, (size_t) length) != length) {
            abort(); /* a test that does not know what happened proves nothing */
        }
        close(out);
    }
    errno = error;
    return result;
}

int fsync(int file) {
    return force("fsync", file);
}

int fdatasync(int file) {
    return force("fdatasync", file);
}

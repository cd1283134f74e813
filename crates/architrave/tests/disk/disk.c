/* A disk with bad days, put between a program and libc with LD_PRELOAD. Concerns files below $DISK_FOLDER.

   $DISK_FOLDER.full   while it exists, nothing can be written: ENOSPC
   $DISK_FOLDER.broken while it exists, nothing can be synced: EIO
   $DISK_FOLDER.synced a folder: what a power cut leaves. A file arrives there when it is synced; a
                       rename or a deletion happens there when the folder is. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

/* What happened to the folder since it was synced: (before, after), no name after where it was deleted. */
#define CHANGES_MAX 64
static char changes[CHANGES_MAX][2][NAME_MAX + 1];
static int changes_pending;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

#define REAL(type, name, ...) ((type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name))

/* The name within the folder; "" for the folder itself; 0 for everything else. */
static const char *within(const char *path) {
    const char *folder = getenv("DISK_FOLDER");
    size_t length = folder ? strlen(folder) : 0;
    if (!folder || strncmp(path, folder, length)) return 0;
    if (!path[length]) return path + length;
    return path[length] == '/' ? path + length + 1 : 0;
}

static const char *name_of(int fd, char path[PATH_MAX]) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return within(path);
}

static int is_set(const char *what) {
    char path[2 * PATH_MAX];
    snprintf(path, sizeof path, "%s.%s", getenv("DISK_FOLDER"), what);
    int before = errno, is = access(path, F_OK) == 0;
    errno = before;
    return is;
}

static int refused(int fd) {
    char path[PATH_MAX];
    const char *name = name_of(fd, path);
    if (!name || !is_set("full")) return 0;
    errno = ENOSPC;
    return 1;
}

ssize_t write(int fd, const void *from, size_t count) {
    return refused(fd) ? -1 : REAL(ssize_t, "write", int, const void *, size_t)(fd, from, count);
}
ssize_t pwrite(int fd, const void *from, size_t count, off_t at) {
    return refused(fd) ? -1 : REAL(ssize_t, "pwrite", int, const void *, size_t, off_t)(fd, from, count, at);
}
ssize_t pwrite64(int fd, const void *from, size_t count, off64_t at) {
    return refused(fd) ? -1 : REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t)(fd, from, count, at);
}

/* Whole files, put in place in one step: a kill in between leaves the state of the sync before. */
static void keep(const char *path, const char *name) {
    char to[PATH_MAX], half[PATH_MAX + 8], block[1 << 16];
    snprintf(to, sizeof to, "%s.synced/%s", getenv("DISK_FOLDER"), name);
    snprintf(half, sizeof half, "%s.half", to);
    int in = open(path, O_RDONLY), out = open(half, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (in < 0 || out < 0) abort();
    for (ssize_t got; (got = read(in, block, sizeof block)) > 0;)
        if (REAL(ssize_t, "write", int, const void *, size_t)(out, block, got) != got) abort();
    close(in);
    close(out);
    if (REAL(int, "rename", const char *, const char *)(half, to)) abort();
}

static void keep_changes(void) {
    for (int at = 0; at < changes_pending; at++) {
        char from[2 * PATH_MAX], to[2 * PATH_MAX];
        snprintf(from, sizeof from, "%s.synced/%s", getenv("DISK_FOLDER"), changes[at][0]);
        snprintf(to, sizeof to, "%s.synced/%s", getenv("DISK_FOLDER"), changes[at][1]);
        if (*changes[at][1]) REAL(int, "rename", const char *, const char *)(from, to);
        else REAL(int, "unlink", const char *)(from);
    }
    changes_pending = 0;
}

static void changed(const char *before, const char *after) {
    pthread_mutex_lock(&lock);
    if (changes_pending == CHANGES_MAX) abort();
    snprintf(changes[changes_pending][0], NAME_MAX + 1, "%s", before);
    snprintf(changes[changes_pending++][1], NAME_MAX + 1, "%s", after);
    pthread_mutex_unlock(&lock);
}

static int synced(int fd, const char *with) {
    char path[PATH_MAX];
    const char *name = name_of(fd, path);
    if (name && is_set("broken")) {
        errno = EIO;
        return -1;
    }
    int result = REAL(int, with, int)(fd);
    if (name && !result && is_set("synced")) {
        pthread_mutex_lock(&lock);
        if (*name) keep(path, name);
        else keep_changes();
        pthread_mutex_unlock(&lock);
    }
    return result;
}

int fsync(int fd) { return synced(fd, "fsync"); }
int fdatasync(int fd) { return synced(fd, "fdatasync"); }

int rename(const char *from, const char *to) {
    int result = REAL(int, "rename", const char *, const char *)(from, to);
    const char *before = within(from), *after = within(to);
    if (!result && before && after && is_set("synced")) changed(before, after);
    return result;
}

int unlink(const char *path) {
    int result = REAL(int, "unlink", const char *)(path);
    const char *name = within(path);
    if (!result && name && is_set("synced")) changed(name, "");
    return result;
}

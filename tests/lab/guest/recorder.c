// recorder: copies kernel files at a fixed rate into a stream, without touching the page cache.
//
//   recorder PORT PLAN INTERVAL_MS SCAN_EVERY SECONDS
//
// PLAN holds one line per file (tests/lab/plan.py writes it):
//   fast PATH       in every tick; kept open, so that a starved guest need not allocate to open it
//   slow GLOB       in every SCAN_EVERY-th tick
//   changed GLOB    in the first tick, then in a slow tick if its text is not what it was
//   process NAME    of each /proc/<pid>/, in slow ticks
//   cgroup NAME     of each group below /sys/fs/cgroup, in slow ticks
//
// Stream: ticks of "T <seconds of CLOCK_MONOTONIC> <bytes>\n" and that many bytes of frames, each
// "<path> <bytes>\n" and the file's bytes. "E <dropped frames>\n" ends it: without it the stream is torn.
//
// SIGTERM ends it before its time: a story may be over earlier than it was allowed to be.
// The recorder must outlive what it watches: memory locked, oom_score_adj -1000, real time priority.
// Every ten seconds it tells the kernel log what CLOCK_MONOTONIC says, since printk has its own clock.
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define FILES_MAX 512
#define NAMES_MAX 32
#define DEPTH_MAX 8
#define TICK_BYTES (4 << 20)
#define CHUNK_BYTES 4096  // virtio_console copies each write into one allocation: keep it to a page
#define CLOCK_MARK_S 10
// A read that spans the file: vmstat counts anew at each read(). But proc_sys_call_handler() allocates as
// much as it is asked for, so a sysctl is asked for a page.
#define READ_BYTES (64 << 10)
#define SYSCTL_READ_BYTES 4095

struct file {
    char path[PATH_MAX / 8];
    int fd;         // fast files only
    uint64_t hash;  // changed files only
};
struct files {
    struct file all[FILES_MAX];
    int count;
};
struct names {
    char all[NAMES_MAX][64];
    int count;
};

static struct files fast, slow, changed;
static struct names of_process, of_cgroup;
static char tick[TICK_BYTES];
static size_t used;
static long dropped;
static volatile sig_atomic_t is_over;

static void end(int number) { (void)number; is_over = 1; }

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void sleep_s(double seconds) {
    if (seconds <= 0) return;
    struct timespec t = {(time_t)seconds, (long)((seconds - (time_t)seconds) * 1e9)};
    nanosleep(&t, 0);
}

static void send_all(int port, const char *bytes, size_t count) {
    while (count) {
        ssize_t sent = write(port, bytes, count < CHUNK_BYTES ? count : CHUNK_BYTES);
        if (sent <= 0) return;
        bytes += sent;
        count -= sent;
    }
}

// Appends a frame whose size is not known before the file has been read: the header has fixed width.
static void add(const char *path, int fd, uint64_t *hash) {
    char header[PATH_MAX / 4];
    int width = snprintf(header, sizeof header, "%s %08d\n", path, 0);
    size_t start = used + width, end = start;
    size_t at_once = strncmp(path, "/proc/sys/", 10) ? READ_BYTES : SYSCTL_READ_BYTES;
    for (;;) {
        if (end + at_once > sizeof tick) { dropped++; return; }
        ssize_t got = pread(fd, tick + end, at_once, end - start);
        if (got < 0) return;  // a process that has ended, a file this kernel refuses to read
        if (got == 0) break;
        end += got;
    }
    if (hash) {
        uint64_t fnv = 1469598103934665603ULL;
        for (size_t i = start; i < end; i++) fnv = (fnv ^ (uint8_t)tick[i]) * 1099511628211ULL;
        if (fnv == *hash) return;
        *hash = fnv;
    }
    snprintf(header, sizeof header, "%s %08zu\n", path, end - start);
    memcpy(tick + used, header, width);
    used = end;
}

static void add_path(const char *path, uint64_t *hash) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    add(path, fd, hash);
    close(fd);
}

static void add_processes(void) {
    DIR *proc = opendir("/proc");
    struct dirent *entry;
    char path[PATH_MAX / 4];
    while (proc && (entry = readdir(proc))) {
        if (entry->d_name[0] < '1' || entry->d_name[0] > '9') continue;
        for (int i = 0; i < of_process.count; i++) {
            snprintf(path, sizeof path, "/proc/%s/%s", entry->d_name, of_process.all[i]);
            add_path(path, 0);
        }
    }
    if (proc) closedir(proc);
}

static void add_cgroups(const char *group, int depth) {
    char path[PATH_MAX / 4];
    for (int i = 0; i < of_cgroup.count; i++) {
        snprintf(path, sizeof path, "%s/%s", group, of_cgroup.all[i]);
        add_path(path, 0);
    }
    DIR *below = depth < DEPTH_MAX ? opendir(group) : 0;
    struct dirent *entry;
    while (below && (entry = readdir(below))) {
        if (entry->d_type != DT_DIR || entry->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "%s/%s", group, entry->d_name);
        add_cgroups(path, depth + 1);
    }
    if (below) closedir(below);
}

static void expand(struct files *into, const char *pattern) {
    glob_t found;
    if (glob(pattern, 0, 0, &found)) return;  // not in this kernel
    for (size_t i = 0; i < found.gl_pathc && into->count < FILES_MAX; i++) {
        struct file *file = &into->all[into->count++];
        snprintf(file->path, sizeof file->path, "%s", found.gl_pathv[i]);
        file->fd = into == &fast ? open(file->path, O_RDONLY | O_CLOEXEC) : -1;
        file->hash = 0;
    }
    globfree(&found);
}

static void read_plan(const char *path) {
    char kind[16], what[PATH_MAX / 8];
    FILE *plan = fopen(path, "re");
    if (!plan) { perror(path); exit(1); }
    while (fscanf(plan, "%15s %511s", kind, what) == 2) {
        struct names *names = !strcmp(kind, "process") ? &of_process : !strcmp(kind, "cgroup") ? &of_cgroup : 0;
        if (names && names->count < NAMES_MAX) snprintf(names->all[names->count++], 64, "%.63s", what);
        else if (!strcmp(kind, "fast")) expand(&fast, what);
        else if (!strcmp(kind, "slow")) expand(&slow, what);
        else if (!strcmp(kind, "changed")) expand(&changed, what);
    }
    fclose(plan);
}

static void outlive_everyone(void) {
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, "-1000", 5) != 5) perror("oom_score_adj");
    close(fd);
    struct sched_param priority = {.sched_priority = 50};
    if (sched_setscheduler(0, SCHED_FIFO, &priority)) perror("sched_setscheduler");
    if (mlockall(MCL_CURRENT | MCL_FUTURE)) perror("mlockall");
}

int main(int count, char **arguments) {
    if (count != 6) { fprintf(stderr, "recorder PORT PLAN INTERVAL_MS SCAN_EVERY SECONDS\n"); return 2; }
    int port = open(arguments[1], O_WRONLY | O_CLOEXEC);
    if (port < 0) { perror(arguments[1]); return 1; }
    int log = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
    read_plan(arguments[2]);
    double interval_s = atof(arguments[3]) / 1000, seconds = atof(arguments[5]);
    int scan_every = atoi(arguments[4]);
    outlive_everyone();

    signal(SIGTERM, end);
    char line[64];
    double start_s = now(), due_s = start_s, mark_s = start_s;
    for (long i = 0; !is_over && now() - start_s < seconds; i++) {
        double at_s = now();
        used = 0;
        for (int k = 0; k < fast.count; k++) add(fast.all[k].path, fast.all[k].fd, 0);
        if (i % scan_every == 0) {
            for (int k = 0; k < slow.count; k++) add_path(slow.all[k].path, 0);
            for (int k = 0; k < changed.count; k++) add_path(changed.all[k].path, &changed.all[k].hash);
            add_processes();
            add_cgroups("/sys/fs/cgroup", 0);
        }
        int width = snprintf(line, sizeof line, "T %.6f %zu\n", at_s, used);
        send_all(port, line, width);
        send_all(port, tick, used);
        if (at_s >= mark_s) {
            width = snprintf(line, sizeof line, "lab: clock %.6f\n", now());
            if (write(log, line, width) != width) perror("/dev/kmsg");
            mark_s += CLOCK_MARK_S;
        }
        due_s += interval_s;
        if (due_s < now()) due_s = now();  // late: go on from here, no burst to catch up
        sleep_s(due_s - now());
    }
    send_all(port, line, snprintf(line, sizeof line, "E %ld\n", dropped));
    return 0;
}

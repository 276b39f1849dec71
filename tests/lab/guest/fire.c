// fire: starts ps, a bare Python and vmadvisor again and again in a guest in trouble, and times them.
//
//   fire thrash COUNT FULL_MIN_PCT      each time when PSI memory full avg10 stands above that, in turn
//   fire leak COUNT AVAILABLE_MIB       each in a round of its own: a child called hog grows until it is
//                                       killed; the command starts when that much memory is available
//
//   check 3 at=81.204 wall=5.412 own=4.890 exit=2 signal=0 rss=21408 majflt=412 minflt=5206 full=63.21
//         available=10240 adj=0 pid=231 said=CRITICAL partial=1          (one line in the output)
//   killed 3 at=86.010 pid=230 by=kernel                                the hog of that round
//
// Seconds of CLOCK_MONOTONIC, KiB, per cent. own: from the tool's own first instruction, which writes the
// time to descriptor 3, until it is reaped. adj: its oom_score_adj when it ended. A stopwatch must not be
// stuck with those it times: memory locked, real time priority, oom_score_adj -1000; none of it is inherited.
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MIB 1048576L
#define PAGE 4096L
#define TOLD_MAX 65536
#define WAIT_MAX_S 90          // for the pressure wanted; then it starts all the same, and the line says so
#define RUN_MAX_S 120          // then it is killed, which the line says as well
#define HOG_AT_ONCE_MIB 48     // left when it begins to grow slowly
#define HOG_MIB_PER_S 8
#define PAUSE_S 1.0
#define FIRST_FD 3
#define POLL_MS 10

static char told[TOLD_MAX];
static size_t told_bytes;
static pid_t hog;
static double hog_end_s;

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

// A number behind a word in a file of the kernel's; -1 where there is none.
static double number(const char *path, const char *line, const char *word) {
    static char text[16384];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0) close(fd);
    if (got < 0) return -1;
    text[got] = 0;
    char *found = strstr(text, line);
    found = found ? strstr(found, word) : 0;
    return found ? atof(found + strlen(word)) : -1;
}

static double full_avg10(void) { return number("/proc/pressure/memory", "full", "avg10="); }
static double available_kib(void) { return number("/proc/meminfo", "MemAvailable:", ":"); }

static void put(const char *path, const char *text) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, text, strlen(text)) < 0) perror(path);
    if (fd >= 0) close(fd);
}

static void outlive_everyone(void) {
    put("/proc/self/oom_score_adj", "-1000");
    struct sched_param priority = {.sched_priority = 40};
    if (sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &priority)) perror("sched_setscheduler");
    if (mlockall(MCL_CURRENT | MCL_FUTURE)) perror("mlockall");
}

static const struct command { const char *name; char *arguments[5]; } commands[] = {
    {"ps", {"ps", "aux", 0}},
    {"python", {"python3", "-c", "pass", 0}},
    {"check", {"python3", "/mnt/under_fire.py", "check", 0}},
};
#define COMMANDS 3

static long adj_of(pid_t pid) {
    char path[64], text[16] = "";
    snprintf(path, sizeof path, "/proc/%d/oom_score_adj", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && read(fd, text, sizeof text - 1) < 0) text[0] = 0;
    if (fd >= 0) close(fd);
    return text[0] ? atol(text) : 9999;
}

static pid_t start(const struct command *command, int out, int first) {
    pid_t pid = fork();
    if (pid) return pid;
    put("/proc/self/oom_score_adj", "0");
    int null = open("/dev/null", O_RDWR);
    out = fcntl(out, F_DUPFD, 10), first = fcntl(first, F_DUPFD, 10);  // neither is in the other's place
    dup2(null, 0);
    dup2(out, 1);
    dup2(out, 2);
    dup2(first, FIRST_FD);
    closefrom(FIRST_FD + 1);
    execvp(command->arguments[0], command->arguments);
    _exit(127);
}

static int has_ended(pid_t pid) {
    siginfo_t ended = {.si_pid = 0};
    return pid && (waitid(P_PID, pid, &ended, WEXITED | WNOWAIT | WNOHANG) || ended.si_pid);
}

// Looks at the hog, so that its end is timed while we wait for something else.
static void look_at_hog(void) {
    if (!hog_end_s && has_ended(hog)) hog_end_s = now();
}

// Takes in what the command says until it has ended: reading must not wait for children it left behind.
static void attend(pid_t pid, int out, double end_s) {
    struct pollfd wait = {.fd = out, .events = POLLIN};
    int is_open = 1;
    for (told_bytes = 0; ; ) {
        look_at_hog();
        int is_over = has_ended(pid);
        int is_ready = is_open && poll(&wait, 1, is_over ? 0 : POLL_MS) > 0;
        if (!is_open && !is_over) sleep_s(POLL_MS / 1000.0);
        if (is_over && !is_ready) break;
        if (is_ready) {
            char rest[4096];
            size_t room = sizeof told - 1 - told_bytes;
            ssize_t got = room ? read(out, told + told_bytes, room) : read(out, rest, sizeof rest);
            if (got <= 0) is_open = 0;
            else if (room) told_bytes += got;
        }
        if (now() > end_s) kill(pid, SIGKILL), end_s = now() + RUN_MAX_S;
    }
    told[told_bytes] = 0;
}

static void run(const struct command *command, int number) {
    int out[2], first[2];
    if (pipe2(out, O_CLOEXEC) || pipe2(first, O_CLOEXEC)) { perror("pipe"); return; }
    double full = full_avg10(), available = available_kib(), start_s = now();
    pid_t pid = start(command, out[1], first[1]);
    close(out[1]);
    close(first[1]);
    attend(pid, out[0], start_s + RUN_MAX_S);
    double end_s = now();
    long adj = adj_of(pid);
    struct rusage usage;
    int status;
    wait4(pid, &status, 0, &usage);
    char text[64] = "", said[32] = "nothing";
    fcntl(first[0], F_SETFL, O_NONBLOCK);
    double first_s = read(first[0], text, sizeof text - 1) > 0 ? atof(text) : 0;
    close(out[0]);
    close(first[0]);
    sscanf(told, "%31[A-Za-z]", said);
    printf("%s %d at=%.3f wall=%.3f own=%.3f exit=%d signal=%d rss=%ld majflt=%ld minflt=%ld full=%.2f "
           "available=%.0f adj=%ld pid=%d said=%s partial=%d\n",
           command->name, number, start_s, end_s - start_s, first_s ? end_s - first_s : -1,
           WIFEXITED(status) ? WEXITSTATUS(status) : -1, WIFSIGNALED(status) ? WTERMSIG(status) : 0,
           usage.ru_maxrss, usage.ru_majflt, usage.ru_minflt, full, available, adj, pid, said,
           strstr(told, " within ") != 0);
    fflush(stdout);
}

static void thrash(int count, double full_min_pct) {
    for (int number = 1; number <= count; number++)
        for (int i = 0; i < COMMANDS; i++) {
            double end_s = now() + WAIT_MAX_S;
            while (full_avg10() <= full_min_pct && now() < end_s) sleep_s(0.2);
            run(&commands[i], number);
        }
}

static pid_t start_hog(void) {
    pid_t pid = fork();
    if (pid) return pid;
    prctl(PR_SET_NAME, "hog");
    put("/proc/self/oom_score_adj", "0");
    for (double next_s = now();;) {
        volatile char *block = mmap(0, MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (block == MAP_FAILED) pause();
        for (long i = 0; i < MIB; i += PAGE) block[i] = 1;
        if (available_kib() > HOG_AT_ONCE_MIB * 1024) { next_s = now(); continue; }
        next_s += 1.0 / HOG_MIB_PER_S;
        sleep_s(next_s - now());
    }
}

// From here to the hog's end; a kernel that does not kill it in time has it done for it, which is said.
static void end_hog(int number) {
    double end_s = now() + WAIT_MAX_S;
    while (!hog_end_s && now() < end_s) { sleep_s(POLL_MS / 1000.0); look_at_hog(); }
    if (!hog_end_s) kill(hog, SIGKILL);
    waitpid(hog, 0, 0);
    printf("killed %d at=%.3f pid=%d by=%s\n", number, hog_end_s ? hog_end_s : now(), hog,
           hog_end_s ? "kernel" : "fire");
    fflush(stdout);
    hog = 0;
}

static void leak(int count, double available_mib) {
    for (int number = 1; number <= count; number++)
        for (int i = 0; i < COMMANDS; i++) {
            hog_end_s = 0;
            hog = start_hog();
            while (!has_ended(hog) && available_kib() > available_mib * 1024) sleep_s(POLL_MS / 1000.0);
            run(&commands[i], number);
            end_hog(number);
            sleep_s(PAUSE_S);
        }
}

int main(int count, char **arguments) {
    if (count != 4) { fprintf(stderr, "fire thrash|leak COUNT THRESHOLD\n"); return 2; }
    outlive_everyone();
    int times = atoi(arguments[2]);
    if (!strcmp(arguments[1], "thrash")) thrash(times, atof(arguments[3]));
    else if (!strcmp(arguments[1], "leak")) leak(times, atof(arguments[3]));
    else return 2;
    return 0;
}

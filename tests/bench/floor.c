/*
 * The floor: what reading every process costs a program that does nothing else.
 *
 * Opens, reads and closes /proc/PID/stat, status and oom_score_adj of every process, looks at no
 * byte of them, and prints how many processes it found. A process that vanishes is passed over.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static const char *const NAMES[] = {"stat", "status", "oom_score_adj"};

static int read_one(const char *pid, const char *name)
{
	char path[300], buffer[8192];
	snprintf(path, sizeof(path), "/proc/%s/%s", pid, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	while (read(fd, buffer, sizeof(buffer)) > 0)
		;
	close(fd);
	return 1;
}

int main(void)
{
	DIR *proc = opendir("/proc");
	if (!proc) {
		perror("/proc");
		return 1;
	}
	long seen = 0;
	for (struct dirent *entry; (entry = readdir(proc));) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		int read_count = 0;
		for (size_t i = 0; i < sizeof(NAMES) / sizeof(*NAMES); i++)
			read_count += read_one(entry->d_name, NAMES[i]);
		seen += read_count > 0;
	}
	closedir(proc);
	printf("%ld\n", seen);
	return 0;
}

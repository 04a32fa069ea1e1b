/* aside.h - take what a log file holds away under another name, and go on with
 * an empty file: by rename(2), or where that cannot be by a copy.  The caller
 * is the only one who writes to it, by the descriptor that he gets here.
 * Killed at any instant nothing is lost or doubled, once aside_mend() was
 * there.  path is the file's own name, no symlink. */
#ifndef INIT_ASIDE_H
#define INIT_ASIDE_H

/* Move the content of path (open as fd) to aside.  Returns fd, or another one
 * and fd is closed; or -1 and errno, and all is as it was. */
int aside_move(int fd, const char *path, const char *aside);

/* Before anything is written to path (open as fd): finish or undo what a kill
 * cut off.  Returns fd, or another one and fd is closed. */
int aside_mend(int fd, const char *path);

#endif

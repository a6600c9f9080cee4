// A small pool of threads for work that lasts a tenth of a millisecond: the caller works too, waiting threads spin
// for some microseconds before they sleep.
#ifndef TRAINER_POOL_H
#define TRAINER_POOL_H

typedef struct trainer_pool trainer_pool;
// One task of a job: its number, and which of the pool's threads (0 is the caller's) runs it.
typedef void (*trainer_work)(void *context, int task, int worker);

// Threads in all, the caller's included; null when memory or threads are refused.
trainer_pool *trainer_pool_create(int threads);
// Runs tasks 0..<tasks in any order on any thread, and returns when all are done. One caller at a time.
void trainer_pool_run(trainer_pool *pool, int tasks, trainer_work work, void *context);
void trainer_pool_destroy(trainer_pool *pool);

#endif

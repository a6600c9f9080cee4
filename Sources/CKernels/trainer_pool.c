#include "trainer_pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

// A waiting thread polls this often before it sleeps: about 20 microseconds.
enum { SPINS = 4000 };

// The tasks that a worker begins with: the same part of every job, so that it finds in its cache what it left there.
struct share {
  _Alignas(64) atomic_int next;
  int end;
};

struct trainer_pool {
  int threads;
  pthread_t *workers;
  pthread_mutex_t lock;
  pthread_cond_t wake;
  trainer_work work;
  void *context;
  struct share *shares;
  int stopping;
  _Alignas(64) atomic_uint generation;
  // Workers that have not yet finished the current job.
  _Alignas(64) atomic_int busy;
  _Alignas(64) atomic_int sleeping;
};

struct start {
  trainer_pool *pool;
  int worker;
};

static inline void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

static void drain(trainer_pool *pool, int worker) {
  // Its own share first, then what the others have left.
  for (int other = 0; other < pool->threads; ++other) {
    struct share *share = &pool->shares[(worker + other) % pool->threads];
    for (;;) {
      int task = atomic_fetch_add_explicit(&share->next, 1, memory_order_relaxed);
      if (task >= share->end) break;
      pool->work(pool->context, task, worker);
    }
  }
}

static unsigned next_generation(trainer_pool *pool, unsigned seen) {
  for (int spin = 0; spin < SPINS; ++spin) {
    unsigned now = atomic_load_explicit(&pool->generation, memory_order_acquire);
    if (now != seen) return now;
    relax();
  }
  pthread_mutex_lock(&pool->lock);
  atomic_fetch_add(&pool->sleeping, 1);
  unsigned now;
  while ((now = atomic_load(&pool->generation)) == seen) pthread_cond_wait(&pool->wake, &pool->lock);
  atomic_fetch_sub(&pool->sleeping, 1);
  pthread_mutex_unlock(&pool->lock);
  return now;
}

static void *live(void *argument) {
  struct start *start = argument;
  trainer_pool *pool = start->pool;
  int worker = start->worker;
  free(start);
  unsigned seen = 0;
  for (;;) {
    seen = next_generation(pool, seen);
    if (pool->stopping) return NULL;
    drain(pool, worker);
    atomic_fetch_sub_explicit(&pool->busy, 1, memory_order_release);
  }
}

static void announce(trainer_pool *pool) {
  atomic_fetch_add(&pool->generation, 1);
  if (atomic_load(&pool->sleeping) > 0) {
    pthread_mutex_lock(&pool->lock);
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->lock);
  }
}

trainer_pool *trainer_pool_create(int threads) {
  trainer_pool *pool = aligned_alloc(64, (sizeof(trainer_pool) + 63) / 64 * 64);
  if (!pool) return NULL;
  pool->threads = 1;
  pool->stopping = 0;
  atomic_init(&pool->generation, 0);
  atomic_init(&pool->busy, 0);
  atomic_init(&pool->sleeping, 0);
  pthread_mutex_init(&pool->lock, NULL);
  pthread_cond_init(&pool->wake, NULL);
  pool->workers = calloc(threads > 1 ? (size_t)threads - 1 : 1, sizeof(pthread_t));
  pool->shares = aligned_alloc(64, (size_t)threads * sizeof(struct share));
  for (int worker = 1; pool->workers && pool->shares && worker < threads; ++worker) {
    struct start *start = malloc(sizeof(struct start));
    if (!start) break;
    start->pool = pool;
    start->worker = worker;
    if (pthread_create(&pool->workers[worker - 1], NULL, live, start)) {
      free(start);
      break;
    }
    pool->threads = worker + 1;
  }
  if (!pool->workers || !pool->shares || pool->threads < threads) {
    trainer_pool_destroy(pool);
    return NULL;
  }
  return pool;
}

void trainer_pool_run(trainer_pool *pool, int tasks, trainer_work work, void *context) {
  if (pool->threads == 1 || tasks <= 1) {
    for (int task = 0; task < tasks; ++task) work(context, task, 0);
    return;
  }
  pool->work = work;
  pool->context = context;
  for (int worker = 0; worker < pool->threads; ++worker) {
    struct share *share = &pool->shares[worker];
    atomic_store_explicit(&share->next, (int)((long)tasks * worker / pool->threads), memory_order_relaxed);
    share->end = (int)((long)tasks * (worker + 1) / pool->threads);
  }
  atomic_store_explicit(&pool->busy, pool->threads - 1, memory_order_relaxed);
  announce(pool);
  drain(pool, 0);
  // On a crowded machine the thread that is waited for may not be running.
  for (int spin = 0; atomic_load_explicit(&pool->busy, memory_order_acquire) > 0; ++spin) {
    if (spin < SPINS)
      relax();
    else
      sched_yield();
  }
}

void trainer_pool_destroy(trainer_pool *pool) {
  if (!pool) return;
  pool->stopping = 1;
  announce(pool);
  for (int worker = 1; worker < pool->threads; ++worker) pthread_join(pool->workers[worker - 1], NULL);
  pthread_mutex_destroy(&pool->lock);
  pthread_cond_destroy(&pool->wake);
  free(pool->workers);
  free(pool->shares);
  free(pool);
}

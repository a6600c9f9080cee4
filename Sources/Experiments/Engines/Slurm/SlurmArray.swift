/// A job array that was submitted, or was about to be.
struct SlurmArray: Hashable, Codable {
  /// From 1; never given twice in a folder, as tasks read the list of their cells when they start.
  let number: Int
  let taskCount: Int
  /// Slurm's number of the job. nil from before it is submitted until Slurm has answered: what was killed in between, or
  /// was not answered in time, may be queued all the same, and is then known by its script.
  var job: String?
  /// The cluster, where Slurm named one.
  var cluster: String?
  /// ISO 8601.
  let submitted: String

  var scriptName: String { "array-\(number).sh" }
  var tasksName: String { "array-\(number).tasks" }

  private enum CodingKeys: String, CodingKey {
    case number, job, cluster, submitted
    case taskCount = "tasks"
  }

  var json: JSON {
    .object([
      "number": .integer(number), "script": .string(scriptName), "cells": .string(tasksName),
      "tasks": .integer(taskCount), "job": job.map { .string($0) } ?? .null,
      "cluster": cluster.map { .string($0) } ?? .null, "submitted": .string(submitted),
    ])
  }
}

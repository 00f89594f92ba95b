# What the jobs run, and when.
variable "replay_schedule" {
  description = "When the results in the outbox are written to the store, as a cron line in UTC."
  type        = string
  default     = "*/30 * * * *"
}

variable "trainer_image" {
  description = "The trainer's image as `make image` prints it; empty creates no trainer's job."
  type        = string
  default     = ""

  validation {
    condition     = var.trainer_image == "" || can(regex("-docker\\.pkg\\.dev/.+[:@].+", var.trainer_image))
    error_message = "trainer_image: expected REGION-docker.pkg.dev/PROJECT/REPOSITORY/trainer with a tag or digest."
  }
}

variable "trainer_schedule" {
  description = "When the trainer runs by itself, as a cron line in UTC; empty leaves it to `make train`."
  type        = string
  default     = ""
}

variable "trainer_arguments" {
  description = "Arguments of `python -m trainer train` in the trainer's job. The default is the release model's recipe without the pen strokes, which are not in the image."
  type        = list(string)
  default     = ["--dataset", "mnist"]

  validation {
    condition     = startswith(try(var.trainer_arguments[0], "--"), "--") && !contains(var.trainer_arguments, "")
    error_message = "trainer_arguments: expected options that start with --, and their values."
  }

  validation {
    condition     = !anytrue([for each in var.trainer_arguments : can(regex("^--(out|with-feedback|judge)(=|$)", each))])
    error_message = "trainer_arguments: --out, --with-feedback and --judge are the job's own."
  }
}

variable "drift_schedule" {
  description = "When the last results are compared with the live model's reference, as a cron line in UTC; empty for never. Needs the trainer's image and a results store."
  type        = string
  default     = "0 6 * * *"
}

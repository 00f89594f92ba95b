# limits.tf has the ranges of numbers, the schedules, and what one variable needs of another.
variable "project" {
  description = "Id of the Google Cloud project in which everything is created."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "project: expected a project id of 6 to 30 lower-case letters, digits and hyphens."
  }
}

variable "region" {
  description = "Region of the function, the jobs and the buckets."
  type        = string
  default     = "europe-west1"

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "region: expected a region such as europe-west1."
  }
}

variable "name" {
  description = "Name of the function and prefix of all other names, so that two copies fit in one project."
  type        = string
  default     = "digits"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,14}[a-z0-9]$", var.name))
    error_message = "name: expected 3 to 16 lower-case letters, digits and hyphens, starting with a letter."
  }
}

variable "deletion_protection" {
  description = "Whether Terraform refuses to delete results and models; `make destroy` switches it off."
  type        = bool
  default     = true
}

variable "propagation_seconds" {
  description = "Seconds to wait after APIs were enabled and after roles were granted, before they are used."
  type        = number
  default     = 60
}

# --- the function ---

variable "public" {
  description = "Whether anyone may call the function and read the page; false leaves both to `invokers`."
  type        = bool
  default     = true
}

variable "invokers" {
  description = "IAM members that may call a function that is not public, such as group:readers@example.org."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for each in var.invokers : can(regex("^(user|group|serviceAccount|domain):.+", each))])
    error_message = "invokers: expected user:, group:, serviceAccount: or domain: members."
  }
}

variable "function_memory" {
  description = "Memory of one instance. infra/README.md has the measurement behind the default."
  type        = string
  default     = "1Gi"

  validation {
    condition     = can(regex("^[0-9]+(Mi|Gi)$", var.function_memory))
    error_message = "function_memory: expected an amount such as 512Mi or 1Gi."
  }
}

variable "function_cpu" {
  description = "vCPUs of one instance."
  type        = number
  default     = 1

  validation {
    condition     = contains([1, 2, 4], var.function_cpu)
    error_message = "function_cpu: expected 1, 2 or 4."
  }
}

variable "concurrency" {
  description = "Requests that one instance serves at a time."
  type        = number
  default     = 8
}

variable "min_instances" {
  description = "Instances that stay warm while idle; each costs money all day."
  type        = number
  default     = 0
}

variable "max_instances" {
  description = "Largest number of instances: the cap on what a flood of requests can cost."
  type        = number
  default     = 5
}

variable "model_refresh_seconds" {
  description = "Seconds that an instance serves its model before it looks for a newer one."
  type        = number
  default     = 300
}

variable "rate_per_address" {
  description = "Requests and images a minute that one instance accepts from one address; 0 for no limit. The default is beyond what a person draws."
  type        = number
  default     = 3000
}

variable "rate_per_session" {
  description = "Requests and images a minute that one instance accepts from one session; 0 for no limit."
  type        = number
  default     = 3000
}

variable "api_keys_secret" {
  description = "Secret Manager id of the API keys accepted on /v1/, separated by commas; empty accepts requests without a key."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{0,255}$", var.api_keys_secret))
    error_message = "api_keys_secret: expected the secret's id, of letters, digits, hyphens and underscores."
  }
}

variable "redeploy" {
  description = "Any text; another one builds and deploys the same code again, for a deployment that failed."
  type        = string
  default     = ""
}

variable "network" {
  description = "VPC network through which the function and the jobs reach private addresses; empty for none."
  type        = string
  default     = ""
}

variable "subnetwork" {
  description = "Subnetwork of `network` in `region`, at least a /26; empty takes the one of the network's name."
  type        = string
  default     = ""
}

# --- the page ---

variable "domain" {
  description = "Own domain of the page, such as digits.example.org; empty serves it from its bucket's address."
  type        = string
  default     = ""

  validation {
    condition     = var.domain == "" || can(regex("^([a-z0-9-]+\\.)+[a-z]{2,}$", var.domain))
    error_message = "domain: expected a host name such as digits.example.org."
  }
}

variable "requests_per_minute" {
  description = "Requests a minute from one address that the load balancer passes to the function (with a domain only). The page sends about two a stroke."
  type        = number
  default     = 600
}

# --- results ---

variable "results" {
  description = "Where results are stored: astra (created here), cassandra (an existing cluster) or none."
  type        = string

  validation {
    condition     = contains(["astra", "cassandra", "none"], var.results)
    error_message = "results: expected astra, cassandra or none."
  }
}

variable "results_ttl_days" {
  description = "Days after which a result is deleted, also one that waits in the outbox."
  type        = number
  default     = 90
}

variable "astra_region" {
  description = "Google Cloud region of the Astra database; one near `region`."
  type        = string
  default     = "europe-west1"
}

variable "cassandra" {
  description = "The existing cluster: contact points, and the Secret Manager ids of its password and, for TLS, of its certificate authority."
  type = object({
    hosts           = list(string)
    port            = optional(number, 9042)
    keyspace        = optional(string, "digits")
    datacenter      = optional(string, "")
    replication     = optional(number, 3)
    user            = string
    password_secret = string
    ca_secret       = optional(string, "")
  })
  default = null

  validation {
    condition     = var.cassandra == null || length(try(var.cassandra.hosts, [])) > 0
    error_message = "cassandra.hosts: expected at least one contact point."
  }
}

# --- jobs ---

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

# --- watching ---

variable "request_logs" {
  description = "Whether the platform's own request logs are kept. They hold callers' addresses and sessions; metrics do not need them."
  type        = bool
  default     = false
}

variable "alerts" {
  description = "Whether to create the alerts. Cloud Monitoring bills each of their conditions."
  type        = bool
  default     = true
}

variable "alert_email" {
  description = "E-mail address that receives the alerts; empty creates them without a receiver."
  type        = string
  default     = ""

  validation {
    condition     = var.alert_email == "" || can(regex("^[^@\\s]+@[^@\\s]+$", var.alert_email))
    error_message = "alert_email: expected an e-mail address."
  }
}

variable "billing_account" {
  description = "Billing account for the budget alert, such as 012345-6789AB-CDEF01; empty creates none."
  type        = string
  default     = ""

  validation {
    condition     = var.billing_account == "" || can(regex("^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$", var.billing_account))
    error_message = "billing_account: expected an id such as 012345-6789AB-CDEF01."
  }
}

variable "monthly_budget" {
  description = "Monthly spending, in the billing account's currency, that the budget alert watches."
  type        = number
  default     = 20
}

# --- deployment from CI ---

variable "github_repository" {
  description = "GitHub repository (owner/name) that may plan and deploy without a key; empty creates no such identity."
  type        = string
  default     = ""

  validation {
    condition     = var.github_repository == "" || can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.github_repository))
    error_message = "github_repository: expected owner/name."
  }
}

variable "state_bucket" {
  description = "Bucket that holds this state; CI's accounts are granted access to it. Needed with `github_repository`."
  type        = string
  default     = ""
}

variable "identity_pool" {
  description = "Id of the workload identity pool; empty for `name`-github. A deleted pool's id stays taken for 30 days: after a destroy, apply with another id."
  type        = string
  default     = ""

  validation {
    condition     = var.identity_pool == "" || can(regex("^[a-z0-9-]{4,32}$", var.identity_pool)) && !startswith(var.identity_pool, "gcp-")
    error_message = "identity_pool: expected 4 to 32 lower-case letters, digits and hyphens that do not start with gcp-."
  }
}

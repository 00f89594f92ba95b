variable "project" {
  description = "Id of the Google Cloud project that everything is created in."
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
  description = "Name of the function and prefix of everything else, so that two copies fit in one project."
  type        = string
  default     = "digits"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,14}[a-z0-9]$", var.name))
    error_message = "name: expected 3 to 16 lower-case letters, digits and hyphens, starting with a letter."
  }
}

variable "deletion_protection" {
  description = "Whether results and models are kept from deletion; `make destroy` switches it off when told to."
  type        = bool
  default     = true
}

# --- the function ---

variable "public" {
  description = "Whether anyone may call the function; false leaves it to `invokers`."
  type        = bool
  default     = true
}

variable "invokers" {
  description = "IAM members that may call the function when it is not public, such as group:readers@example.org."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for each in var.invokers : can(regex("^(user|group|serviceAccount|domain):.+", each))])
    error_message = "invokers: expected user:, group:, serviceAccount: or domain: members."
  }
}

variable "function_memory" {
  description = "Memory of one instance. The README says which measurement led to the default."
  type        = string
  default     = "1Gi"

  validation {
    condition     = can(regex("^[0-9]+(Mi|Gi)$", var.function_memory))
    error_message = "function_memory: expected an amount such as 512Mi or 1Gi."
  }
}

variable "function_cpu" {
  description = "vCPUs of one instance; more than one request at a time needs at least one."
  type        = number
  default     = 1

  validation {
    condition     = contains([1, 2, 4], var.function_cpu)
    error_message = "function_cpu: expected 1, 2 or 4."
  }
}

variable "concurrency" {
  description = "Requests that one instance serves at a time; its thread count is the same."
  type        = number
  default     = 8

  validation {
    condition     = var.concurrency >= 1 && var.concurrency <= 80 && floor(var.concurrency) == var.concurrency
    error_message = "concurrency: expected a whole number from 1 to 80."
  }
}

variable "min_instances" {
  description = "Instances kept warm while idle; each costs money all day."
  type        = number
  default     = 0

  validation {
    condition     = var.min_instances >= 0 && floor(var.min_instances) == var.min_instances
    error_message = "min_instances: expected a whole number, 0 or more."
  }
}

variable "max_instances" {
  description = "Most instances at a time: the cap on what a flood of requests can cost."
  type        = number
  default     = 5

  validation {
    condition     = var.max_instances >= 1 && var.max_instances <= 100 && floor(var.max_instances) == var.max_instances
    error_message = "max_instances: expected a whole number from 1 to 100."
  }
}

variable "model_refresh_seconds" {
  description = "How long an instance serves its model before it looks for a newer one."
  type        = number
  default     = 300

  validation {
    condition     = var.model_refresh_seconds >= 0 && var.model_refresh_seconds <= 86400
    error_message = "model_refresh_seconds: expected 0 to 86400."
  }
}

variable "rate_per_address" {
  description = "Requests and images a minute that one instance answers one address; 0 for no limit. The default is beyond what a person draws."
  type        = number
  default     = 3000

  validation {
    condition     = var.rate_per_address >= 0 && var.rate_per_address <= 1000000000 && floor(var.rate_per_address) == var.rate_per_address
    error_message = "rate_per_address: expected a whole number from 0 to 1000000000."
  }
}

variable "rate_per_session" {
  description = "Requests and images a minute that one instance answers one session; 0 for no limit."
  type        = number
  default     = 3000

  validation {
    condition     = var.rate_per_session >= 0 && var.rate_per_session <= 1000000000 && floor(var.rate_per_session) == var.rate_per_session
    error_message = "rate_per_session: expected a whole number from 0 to 1000000000."
  }
}

variable "api_keys_secret" {
  description = "Secret Manager id of the API keys, separated by commas, of which /v1/ asks one; empty asks for none."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{0,255}$", var.api_keys_secret))
    error_message = "api_keys_secret: expected the secret's id, of letters, digits, hyphens and underscores."
  }
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
  description = "Requests a minute that the load balancer lets one address make to the function (with a domain only). The page asks about twice a stroke."
  type        = number
  default     = 600

  validation {
    condition     = var.requests_per_minute >= 1 && var.requests_per_minute <= 10000
    error_message = "requests_per_minute: expected 1 to 10000."
  }
}

# --- results ---

variable "results" {
  description = "Where results are stored: astra (created here), cassandra (exists already) or none."
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

  validation {
    condition     = var.results_ttl_days >= 1 && var.results_ttl_days <= 3650
    error_message = "results_ttl_days: expected 1 to 3650."
  }
}

variable "astra_region" {
  description = "Google Cloud region of the Astra database; one near `region`."
  type        = string
  default     = "europe-west1"
}

variable "cassandra" {
  description = "The existing Cassandra: contact points, and the Secret Manager ids of its password and, for TLS, of its certificate authority."
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
  description = "When results that wait in the outbox are written to the store, as a cron line in UTC."
  type        = string
  default     = "*/30 * * * *"

  validation {
    condition     = length(split(" ", var.replay_schedule)) == 5
    error_message = "replay_schedule: expected five cron fields."
  }
}

variable "trainer_image" {
  description = "The trainer's image as `make image` prints it; empty leaves the trainer's job out."
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

  validation {
    condition     = var.trainer_schedule == "" || length(split(" ", var.trainer_schedule)) == 5
    error_message = "trainer_schedule: expected five cron fields or nothing."
  }
}

variable "trainer_arguments" {
  description = "Arguments of `python -m trainer train` in the trainer's job. The default is the release model's recipe, less the pen strokes, which are not in the image."
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
  description = "When the last results are compared with the live model's reference, as a cron line in UTC; empty leaves it out. Needs the trainer's image and a results store."
  type        = string
  default     = "0 6 * * *"

  validation {
    condition     = var.drift_schedule == "" || length(split(" ", var.drift_schedule)) == 5
    error_message = "drift_schedule: expected five cron fields or nothing."
  }
}

# --- watching ---

variable "request_logs" {
  description = "Whether the platform's own request logs are kept, which hold callers' addresses and sessions; metrics do not need them."
  type        = bool
  default     = false
}

variable "alert_email" {
  description = "Address that alerts go to; empty creates the alerts without a receiver."
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
  description = "Spending a month, in the billing account's currency, that the budget alert watches."
  type        = number
  default     = 20

  validation {
    condition     = var.monthly_budget >= 1 && floor(var.monthly_budget) == var.monthly_budget
    error_message = "monthly_budget: expected a whole number of at least 1."
  }
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
  description = "Bucket that holds this state; CI's identities are given access to it. Needed with `github_repository`."
  type        = string
  default     = ""
}

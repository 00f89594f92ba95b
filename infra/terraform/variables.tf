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

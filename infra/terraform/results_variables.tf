# Where results are stored.
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

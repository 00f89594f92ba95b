# The function's variables.
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
  description = "Requests that one instance serves at a time. infra/README.md has the measurement behind the default."
  type        = number
  default     = 40
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

variable "model_public_key" {
  description = "Ed25519 public key, as docs/training.md makes it, that must have signed a model; empty serves unsigned ones too. The release and what the trainer's job publishes are unsigned: publish a signed model first."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^([A-Za-z0-9+/]{59}=)?$", var.model_public_key))
    error_message = "model_public_key: expected the line of 60 characters that `openssl pkey -pubout` prints between its markers."
  }
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

# What a developer and CI run. Each target says what it does; all work on a clean clone, as root or not.
.DEFAULT_GOAL := help
SHELL := bash
export PATH := $(CURDIR)/.cache/tools/bin:$(PATH)

TARGET_DIR := $(or $(CARGO_TARGET_DIR),target)

.PHONY: help demo up test check fmt bench image clean

help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

demo: ## Build, then port a number in and out on real servers, and print what happened.
	@tools/build
	@$(TARGET_DIR)/debug/portway demo

up: ## Build, then run every service in one process until Ctrl-C; keeps its data in .portway.
	@tools/build
	@$(TARGET_DIR)/debug/portway up

test: ## Build everything and run every test on servers that start once for the run.
	@tools/test

check: ## Formatting, lints, dependencies, protos, layers, file sizes and manifests.
	@tools/check

fmt: ## Format the Rust code.
	@cargo fmt --all

bench: ## Submits, imports, and lists of a million orders and ten million port-outs, against bare SQL (half an hour).
	@tools/bench

image: ## Make the image of one service from its release binary, without a registry: make image SERVICE=intake
	@tools/image $(SERVICE)

clean: ## Remove what was built and fetched; the data in .portway stays.
	@cargo clean
	@rm -rf .cache

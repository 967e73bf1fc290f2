.PHONY: build test lint run exercise bench fuzz

FUZZTIME ?= 20s

build:
	go build -o guitu ./cmd/guitu

test:
	go test ./...

lint:
	go vet ./...
	golangci-lint run ./...

run:
	go run ./cmd/guitu serve

exercise:
	go run ./cmd/guitu serve --exercise

bench:
	go test -run '^$$' -bench . -benchmem ./...
	cd verify/bench && go test -run '^$$' -bench . ./...

# One fuzz target at a time is all that go test takes.
fuzz:
	@set -e; for p in $$(go list ./...); do \
		for f in $$(go test -list '^Fuzz' $$p | grep '^Fuzz' || true); do \
			echo "== $$p $$f"; go test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) $$p; \
		done; \
	done

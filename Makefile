# make                  build/cleat: one static musl binary
# make test             every suite; installs what it needs (Debian)
# make demo             see it work; installs what it needs (Debian)
# make SAN=1 unit       unit tests, by glibc with ASan and UBSan
# make lint             every static check
# make fuzz             each fuzz target for FUZZ_SECONDS
# make bench            measure cleat against other ways to do the same
# make image rootfs     the image cleat, on the engine of the docker command
# make install clean    DESTDIR=, PREFIX=, DIALECTS= (links: other inits)
NAME   = cleat
PREFIX = /usr/local
DIALECTS = tini docker-init dumb-init catatonit dock
O      = build
DEPS   = build/deps
FUZZ_SECONDS = 20

CC       = musl-gcc
CPPFLAGS = -I. -D_GNU_SOURCE -isystem $(DEPS)/kinc -isystem $(DEPS)/include \
           -DCURL_STATICLIB
WARN     = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
           -Wformat=2 -Werror
CFLAGS   = -std=c11 -Os -g -ffunction-sections -fdata-sections \
           -fno-asynchronous-unwind-tables -fno-unwind-tables $(WARN)
LDFLAGS  = -static -Wl,--gc-sections,--build-id=none -L$(DEPS)/lib
LDLIBS   = -lcurl -lmbedtls -lmbedx509 -lmbedcrypto -lz
READY    = $(DEPS)/MANIFEST

ifdef SAN
CC       = cc
O        = build-san
CPPFLAGS = -I. -D_GNU_SOURCE
CFLAGS   = -std=c11 -O1 -g -fsanitize=address,undefined \
           -fno-sanitize-recover=undefined -fno-omit-frame-pointer $(WARN)
LDFLAGS  = -fsanitize=address,undefined
LDLIBS   = -lcurl -lz
READY    =
endif

DIRS = lib handlers notifier init
SRC  = $(wildcard $(DIRS:%=%/*.c))
OBJ  = $(SRC:%.c=$O/%.o)
# What PID 1 runs lies together, so that it touches few pages: HOT is linked
# first, with what it needs of libc; WARM has the larger variables, or does more
# than every start needs.
HOT  = $(patsubst %,$O/init/%.o,main init supervise act intake ours helper \
           signals bound check prestop restart backoff webhook) \
       $(patsubst %,$O/lib/%.o,child loop spawn sig io command)
WARM = $(patsubst %,$O/init/%.o,rest program companion output procfs uri \
           options) \
       $(patsubst %,$O/lib/%.o,opt log utf8 strbuf strvec xalloc words)
CORE = $(filter-out $O/init/main.o,$(OBJ))	# what tests link against
UNIT = $(patsubst %.c,$O/%,$(wildcard test/unit/*_test.c))
FUZZ = $(patsubst %.c,build-fuzz/%,$(wildcard test/fuzz/*_fuzz.c))

all: $O/$(NAME)

$O/$(NAME): $O/$(NAME).debug
	strip -o $@ $<

$O/$(NAME).debug: $(OBJ) $(READY)
	@echo LD $@
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(HOT) -lc $(WARM) -lc \
	    $(filter-out $(HOT) $(WARM),$(OBJ)) $(LDLIBS)

$O/test/unit/%_test: $O/test/unit/%_test.o $O/core.a
	@echo LD $@
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lcmocka $(LDLIBS)

$O/core.a: $(CORE)
	rm -f $@ && $(AR) rcs $@ $^

$O/%.o: %.c $(READY)
	@mkdir -p $(@D)
	@echo CC $<
	@$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(DEPS)/MANIFEST: scripts/deps $(wildcard scripts/deps.d/*)
	scripts/setup build
	scripts/deps
	touch $@

unit-build: $(UNIT)

ifdef SAN
unit: unit-build
	test/layers.sh
	for t in $(UNIT); do $$t || exit 1; done
else
unit:	# cmocka is there for glibc only
	$(MAKE) SAN=1 unit
endif

build-fuzz/%: %.c $(filter-out init/main.c,$(SRC))
	@mkdir -p $(@D)
	clang -g -O1 -I. -D_GNU_SOURCE -fsanitize=fuzzer,address,undefined \
	    -fno-sanitize-recover=undefined -o $@ $^ -lcurl -lz

fuzz: $(FUZZ)
	for t in $(FUZZ); do \
		seeds=test/fuzz/$$(basename $$t _fuzz)_seeds; \
		mkdir -p $$t.corpus && \
		$$t -max_total_time=$(FUZZ_SECONDS) -use_value_profile=1 \
		    -print_final_stats=0 -artifact_prefix=$$t. \
		    $$t.corpus $$seeds || exit 1; \
	done

test: all
	scripts/setup test engine
	FUZZ_SECONDS=$(FUZZ_SECONDS) test/run

lint:
	scripts/setup lint
	test/lint

BENCH = build/bench/floor build/bench/nlwatch build/bench/floorinit \
        build/bench/initbench
build/bench/%: test/bench/%.c | $(READY)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -O2 -static -o $@ $<

bench: all $(BENCH)
	scripts/setup test engine bench
	test/bench/init
	test/bench/bench

clean:
	rm -rf build/cleat* build/core.a $(DIRS:%=build/%) build/test \
	    build/bench build-san build-fuzz

# Hard links: whoever follows a symbolic one calls us by our own name.
BIN = $(DESTDIR)$(PREFIX)/bin
install: $O/$(NAME)
	install -D -m 755 $< $(BIN)/$(NAME)
	for n in $(DIALECTS); do ln -f $(BIN)/$(NAME) $(BIN)/$$n || exit 1; done

image: $O/$(NAME)
	scripts/image

rootfs: $O/$(NAME)
	rm -rf $O/rootfs
	scripts/rootfs $O/rootfs

demo:	# which builds what it needs
	@scripts/demo

.PHONY: all unit-build unit fuzz test lint bench image rootfs demo clean install
.SECONDARY:
-include $(OBJ:.o=.d) $(UNIT:=.d)

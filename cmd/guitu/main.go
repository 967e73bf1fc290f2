// Command guitu is the bot: it reads public posts, asks officers, and tells the public.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	_ "time/tzdata" // a machine without a time zone database announces at the right time too

	"github.com/alecthomas/kong"
)

// The exit codes.
const (
	exitOK    = 0
	exitError = 1 // it did not work
	exitUsage = 2 // the command line is wrong
)

// cli is the command line.
type cli struct {
	Serve       serveCmd       `cmd:"" help:"Run the bot."`
	CheckConfig checkCmd       `cmd:"" help:"Say what is wrong with a configuration, or what it would do."`
	Channels    channelsCmd    `cmd:"" help:"Look at channels, or try one."`
	Screen      screenCmd      `cmd:"" help:"Read posts as JSON lines and say of each what it is about."`
	Registry    registryCmd    `cmd:"" help:"Print what stood in refuted stories as JSON lines, for screen --registry: it holds names and phones."`
	Compare     compareCmd     `cmd:"" help:"Read pairs of posts as JSON lines and say whether they tell one story."`
	Match       matchCmd       `cmd:"" help:"Read posts as JSON lines and find the known story that each tells."`
	Eval        evalCmd        `cmd:"" help:"Measure the engine on labelled posts."`
	PartnerDemo partnerCmd     `cmd:"" help:"Take notices as a partner would, and print them."`
	PartnerLink partnerLinkCmd `cmd:"" help:"Make a link to a partner's page: what went to it, and a test."`
	Bulletin    bulletinCmd    `cmd:"" help:"Count what came of alerts and stories, and print it."`
	WebpushKey  webpushKeyCmd  `cmd:"" help:"Make the key with which pushes to followers are signed."`
	ConsoleKey  consoleKeyCmd  `cmd:"" help:"Make the key under which officers' second factors are kept."`
	CapKey      capKeyCmd      `cmd:"" help:"Make the key with which CAP messages are signed."`
	Audit       auditCmd       `cmd:"" help:"Check or export what officers did."`
	Signin      signinCmd      `cmd:"" help:"Make a console sign-in link for an officer."`
	Version     versionCmd     `cmd:"" help:"Print the version."`
}

// configFlag is the flag of every command that reads the configuration.
type configFlag struct {
	Config string `name:"config" placeholder:"FILE" help:"Configuration file; without one, everything has its default."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal finds the default handler and kills: whoever does not want to wait need not.
	context.AfterFunc(ctx, stop)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the program: it carries out one command line and returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	parser, err := kong.New(&cli{},
		kong.Name("guitu"),
		kong.Description("归途: between the public and the police when a child is missing."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { panic(exit(code)) }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.BindTo(stdout, (*io.Writer)(nil)),
	)
	if err != nil {
		fmt.Fprintln(stderr, "guitu:", err)
		return exitError
	}
	command, code := parseArgs(parser, args, stderr)
	if command == nil {
		return code
	}
	if err := command.Run(); err != nil {
		var wrong problems
		if errors.As(err, &wrong) {
			fmt.Fprintln(stderr, wrong) // lines that begin with file and line, for editors to jump to
		} else {
			fmt.Fprintln(stderr, "guitu:", err)
		}
		return exitError
	}
	return exitOK
}

// exit is how kong ends the program after --help.
type exit int

// parseArgs returns the chosen command, or nil and the exit code when there is nothing to run.
func parseArgs(parser *kong.Kong, args []string, stderr io.Writer) (command *kong.Context, code int) {
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(exit)
			if !ok {
				panic(r)
			}
			command, code = nil, int(e)
		}
	}()
	command, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(stderr, "guitu: %v\nRun \"guitu --help\" for usage.\n", err)
		return nil, exitUsage
	}
	return command, exitOK
}

// versionCmd prints the version.
type versionCmd struct{}

// Run prints one line.
func (versionCmd) Run(w io.Writer) error {
	_, err := fmt.Fprintln(w, "guitu", thisBuild())
	return err
}

// build is what this program was built from.
type build struct {
	Version  string // of the module, "(devel)" in a checkout
	Revision string // of the repository, "unknown" outside one; "+dirty" when files were changed
	Go       string
}

// String returns all on one line.
func (b build) String() string { return fmt.Sprintf("%s (%s, %s)", b.Version, b.Revision, b.Go) }

// thisBuild reads what the Go linker wrote down.
func thisBuild() build {
	b := build{Version: "(devel)", Revision: "unknown"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	b.Go = info.GoVersion
	b.Version = or(info.Main.Version, b.Version)
	dirty := ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value[:min(len(s.Value), 12)]
		case "vcs.modified":
			if s.Value == "true" {
				dirty = "+dirty"
			}
		}
	}
	b.Revision += dirty
	return b
}

using System.CommandLine;
using CityPerception.Core.Configuration;

namespace CityPerception.Cli;

/// <summary>Ends of sentences about unknown words.</summary>
internal static class Hints
{
    /// <summary><c>; did you mean 'x'?</c>, or a full stop where nothing is near.</summary>
    public static string DidYouMean(string word, IEnumerable<string> known) =>
        Suggest.Closest(word, known) is { } closest ? $"; did you mean '{closest}'?" : ".";

    /// <summary>The subcommand or option of a command that somebody probably meant, or null.</summary>
    public static string? Nearest(string word, Command command) =>
        Suggest.Closest(word, [.. command.Subcommands.Select(c => c.Name), .. command.Options.Select(o => o.Name)]);
}

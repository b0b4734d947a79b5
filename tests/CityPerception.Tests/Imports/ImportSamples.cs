using System.Globalization;
using System.Text;
using CityPerception.TestKit;
using CityPerception.Tests.Cli;

namespace CityPerception.Tests.Imports;

/// <summary>Inputs of imports, and the command.</summary>
internal static class ImportSamples
{
    /// <summary>The header of <see cref="Tickets"/>.</summary>
    public const string Header = "工单编号,来电时间,诉求类型,诉求分类,内容,事发区县\n";

    private static readonly DateTime First = new(2026, 3, 1, 8, 0, 0, DateTimeKind.Unspecified);

    /// <summary>A file of the tests' own folder.</summary>
    public static string Fixture(string name) => RepositoryFolder.Find(Path.Combine("tests", "CityPerception.Tests", "Imports", "Fixtures", name));

    /// <summary>A CSV of the hotline, each ticket one row; of every so many one is of a district that there is not.</summary>
    public static string Tickets(int count, int badEvery = int.MaxValue)
    {
        var csv = new StringBuilder(Header);
        for (int i = 1; i <= count; i++) csv.Append(Ticket(i, i % badEvery == 0 ? "火星区" : "潞州区"));
        return csv.ToString();
    }

    public static string Ticket(int number, string district) => string.Create(
        CultureInfo.InvariantCulture, $"CZ{number:00000000},{First.AddSeconds(number):yyyy-MM-dd HH:mm:ss},投诉,噪声扰民,\"第{number}件，\n夜里\"\"很吵\"\"\",{district}\n");

    /// <summary>The arguments of <c>import</c> for a data directory, with settings.</summary>
    public static string[] Command(string data, string[] set, params string[] more) => ["import", .. more, "--data", data, .. set.SelectMany(s => (string[])["--set", s])];

    /// <summary>Runs <c>import</c> to its end.</summary>
    public static Task<(int ExitCode, string Output, string Error)> RunAsync(string data, params string[] more) => CliProcess.RunAsync(Command(data, [], more));
}

using System.CommandLine;

namespace CityPerception.Cli;

/// <summary>Where to look for personal data.</summary>
/// <param name="DataDirectory">The server's data directory.</param>
/// <param name="Set">Its settings: which store.</param>
/// <param name="Paths">Other files and folders, such as logs.</param>
/// <param name="AsJson">For programs.</param>
internal sealed record ScanArguments(string DataDirectory, IReadOnlyList<string> Set, IReadOnlyList<string> Paths, bool AsJson);

/// <summary><c>scan</c>: proves that nothing that is kept tells who somebody is.</summary>
internal static class ScanCommand
{
    public static Command Create()
    {
        var paths = new Argument<string[]>("PATH") { Description = "Files and folders beside the data directory, such as logs. 其他文件或目录，如日志", Arity = ArgumentArity.ZeroOrMore };
        Option<string> data = SharedOptions.Data();
        Option<string[]> set = SharedOptions.Set();
        var json = new Option<bool>("--json") { Description = "As JSON, for programs (false by default). 以 JSON 输出" };
        var command = new Command(
            "scan",
            "Looks through store, operational database, spool, dead letters, the rest of the data directory, and logs for phones, identity and bank cards, plates, names after titles and mail addresses, by what masks them. Exit code 0: nothing. 扫描个人信息")
        {
            paths, data, set, json,
        };
        command.WithExamples(
            static help => help.WriteLine("""
                DuckDB's file is read when its server has stopped, or on a copy (--set Store:DuckDb:Path=FILE); InfluxDB at any time.
                What is found is shown masked. Encrypted dead letters are counted, and not opened.
                DuckDB 文件需在服务停止后扫描（或扫描副本）；结果均已脱敏；已加密的死信只计数、不解密。
                """),
            ("cityperception scan", "store, operational database, spool, dead letters of ./data · 扫描 ./data"),
            ("cityperception scan --data /var/lib/cityperception /var/log/cityperception", "and the logs · 连同日志"),
            ("cityperception scan --set Store:Kind=influxdb --json", "settings as for serve, for a program · 使用 InfluxDB"));
        command.SetAction((parsed, cancellationToken) => Work.ScanAsync(
            new ScanArguments(parsed.GetRequiredValue(data), parsed.GetValue(set) ?? [], parsed.GetValue(paths) ?? [], parsed.GetValue(json)), cancellationToken));
        return command;
    }
}

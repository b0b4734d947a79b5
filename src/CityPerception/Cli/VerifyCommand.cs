using System.CommandLine;

namespace CityPerception.Cli;

/// <summary>Which ledger to compare with which store.</summary>
internal sealed record VerifyArguments(string LedgerFile, string DataDirectory, string ConfigDirectory, IReadOnlyList<string> Set);

/// <summary><c>simulate verify</c>: what was acknowledged to a load client against what is in the store.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var ledger = new Argument<string>("LEDGER") { Description = "The file that 'simulate load --ledger' wrote. 账本文件" };
        Option<string> config = SharedOptions.Config(), data = SharedOptions.Data();
        Option<string[]> set = SharedOptions.Set();
        var command = new Command(
            "verify",
            "Checks that all that was acknowledged is stored or a dead letter, exactly once, and nothing is that was never sent. DuckDB's file can be read when its server has stopped; let it finish first. 核对账本")
        {
            ledger, data, config, set,
        };
        command.WithExamples(
            ("cityperception simulate verify run.ledger --data data", "against the stopped server's file and dead letters · 核对已停止服务的数据"),
            ("cityperception simulate verify run.ledger --set Store:Kind=influxdb || exit 1", "against InfluxDB, settings as for serve; exit code 1 if anything is lost · 核对 InfluxDB"));
        command.SetAction((parsed, cancellationToken) => Work.VerifyAsync(
            new VerifyArguments(parsed.GetRequiredValue(ledger), parsed.GetRequiredValue(data), parsed.GetRequiredValue(config), parsed.GetValue(set) ?? []), cancellationToken));
        return command;
    }
}

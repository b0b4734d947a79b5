using System.Globalization;
using CityPerception.Simulation.Load;

namespace CityPerception.Cli;

/// <summary>Prints what the comparison of a ledger with a store came to.</summary>
internal static class VerifyReport
{
    public static int Print(LedgerVerdict verdict)
    {
        string N(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
        Terminal.Out.Line($"acknowledged {N(verdict.Acknowledged)}, rejected {N(verdict.Rejected)} · stored {N(verdict.Stored)}, dead letters {N(verdict.DeadLetters)}");
        if (verdict.Holds)
        {
            Terminal.Out.Verdict(true, "Everything acknowledged is there exactly once, and nothing that was never sent. 已应答数据全部在库且不重复。");
            return ExitCode.Ok;
        }

        foreach ((LedgerFaultKind kind, long count) in verdict.FaultCounts)
        {
            Terminal.Error.Verdict(false, $"{N(count)} {Words(kind)}");
            foreach (LedgerFault fault in verdict.Faults.Where(f => f.Kind == kind))
                Terminal.Error.Line(string.Create(CultureInfo.InvariantCulture, $"    {Terminal.Escape(fault.DeviceId)}  connection {fault.Connection}  message {fault.Number}  {fault.Time:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}"));
            if (count > LedgerCheck.MaxFaults) Terminal.Error.Line($"    and {N(count - LedgerCheck.MaxFaults)} more");
        }

        if (verdict.FaultCounts.ContainsKey(LedgerFaultKind.Lost))
            Terminal.Error.Line("If the server was stopped before it had stored everything, they wait in its spool: start it and let it finish. 若服务停止时尚未写完，请先启动服务待其写完。");
        return ExitCode.Failed;
    }

    private static string Words(LedgerFaultKind kind) => kind switch
    {
        LedgerFaultKind.Lost => "acknowledged and lost: neither stored nor a dead letter. 已应答但丢失：",
        LedgerFaultKind.Repeated => "there more than once. 重复：",
        LedgerFaultKind.NeverSent => "there and never sent. 从未发送却存在：",
        LedgerFaultKind.Altered => "stored with another value than was sent. 数值不符：",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}

using CityPerception.Core.Mapping;
using CityPerception.Core.Queries;
using CityPerception.DeadLetters;
using CityPerception.Hosting;
using CityPerception.Simulation.Load;
using CityPerception.Storage.DeadLetters;
using CityPerception.Storage.Stores;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CityPerception.Cli;

/// <summary>The load client and its ledger.</summary>
internal static partial class Work
{
    public static async Task<int> LoadAsync(LoadArguments arguments, CancellationToken cancellationToken)
    {
        if (arguments.Options.Devices < arguments.Options.Connections)
        {
            Terminal.Error.Verdict(false, $"--devices is {arguments.Options.Devices}; allowed: at least one for each of the {arguments.Options.Connections} connections. 设备数不能少于连接数。");
            return ExitCode.BadUsage;
        }

        if (ClientSecrets.Read(arguments.Client, out string fault) is not { } secrets) return BadUsage(fault);
        try
        {
            LoadOptions options = arguments.Options with { User = arguments.Client.User, Password = secrets.Password, Token = secrets.ApiKey };
            var printer = new LoadPrinter(options.Qos);
            LoadReport report = await new LoadRun(options, secrets.Authorities, TimeProvider.System).RunAsync(printer.Progress, cancellationToken);
            return printer.Sums(report, arguments.IsJson);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Terminal.Error.Verdict(false, $"{e.Message} Name a new file with --ledger. 文件不可用。");
            return ExitCode.Failed;
        }
    }

    public static async Task<int> VerifyAsync(VerifyArguments arguments, CancellationToken cancellationToken)
    {
        Settings settings = Settings.LoadFor(arguments.DataDirectory, arguments.Set);
        if (settings.Faults.Count > 0) return StartFaults.Print(Terminal.Error, ExitCode.BadUsage, settings.Faults);
        (IngestPlan? plan, CheckReport check) = Load(arguments.ConfigDirectory);
        if (plan is null) return CheckReport.Print(Terminal.Error, check);
        try
        {
            LedgerBook book = LedgerBook.Read(arguments.LedgerFile);
            StoreOptions options = StorageParts.ReadStore(settings.Root, arguments.DataDirectory);
            await using IStore store = Stores.Create(options, () => plan.Measurements, NullLoggerFactory.Instance, TimeProvider.System);
            DeadLetterPage letters = LetterAccess.Reader(arguments.DataDirectory).Read(new DeadLetterFilter { Limit = int.MaxValue, NewestFirst = false }, cancellationToken);
            if (letters.Unreadable > 0) Terminal.Error.Verdict(false, $"{letters.Unreadable} places among the dead letters could not be read. 死信中有 {letters.Unreadable} 处无法读取。");
            return VerifyReport.Print(await new LedgerCheck(book).RunAsync(store, letters.Letters, cancellationToken));
        }
        catch (OptionsValidationException e)
        {
            return StartFaults.Print(Terminal.Error, ExitCode.BadUsage, [.. e.Failures]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or StoreUnavailableException)
        {
            Terminal.Error.Verdict(false, e.Message);
            return ExitCode.Failed;
        }
    }
}

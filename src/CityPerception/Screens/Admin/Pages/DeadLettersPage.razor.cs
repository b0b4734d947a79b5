using System.Collections.Frozen;
using CityPerception.Configuration;
using CityPerception.DeadLetters;
using CityPerception.Observability;
using CityPerception.Storage.DeadLetters;
using CityPerception.Storage.Operations.Access;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace CityPerception.Screens.Admin.Pages;

/// <summary><c>/admin/deadletters</c>: what was refused, and what is done about it.</summary>
public sealed partial class DeadLettersPage
{
    private const int PageLength = 50;

    private static readonly string[] MayChangeRoles = [UserRoles.Engineer, UserRoles.Administrator];

    private static readonly string[] Reasons = [.. IngestMetrics.ReasonNames.Values.Order(StringComparer.Ordinal)];

    private readonly HashSet<Guid> _selected = [];
    private string _source = "", _reason = "", _state = LetterNames.Of(DeadLetterState.Open), _since = "", _text = "";
    private string? _fault;
    private string[] _sources = [];
    private IReadOnlyList<LetterView> _letters = [];
    private long? _before, _next;
    private CancellationTokenSource? _running;
    private MudButton? _stop;
    private bool _wasRunning;
    private ReplayProgress _progress = new(0, 0);

    [Inject]
    private LetterEndpoints Letters { get; set; } = null!;

    [Inject]
    private CurrentPlan Plan { get; set; } = null!;

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    /// <summary>The source that a link to the page asks for.</summary>
    [SupplyParameterFromQuery(Name = "source")]
    public string? AskedSource { get; set; }

    /// <summary>The earliest arrival that a link asks for.</summary>
    [SupplyParameterFromQuery(Name = "since")]
    public string? AskedSince { get; set; }

    private bool MayChange => Operator.Is(MayChangeRoles);

    protected override async Task OnInitializedAsync()
    {
        (_source, _since) = (AskedSource ?? "", AskedSince ?? "");
        _sources = [.. Plan.Plan.Sources.Keys.Order(StringComparer.Ordinal)];
        await SearchAsync();
    }

    // The button that began it cannot be pressed now, and would leave the focus nowhere.
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_running is null || _wasRunning || _stop is not { } stop) return;
        _wasRunning = true;
        await stop.FocusAsync();
    }

    protected override void Dispose(bool disposing)
    {
        _running?.Cancel();
        base.Dispose(disposing);
    }

    private LetterQuery Query() => new() { Source = Given(_source), Reason = Given(_reason), State = _state, Since = Given(_since), Text = Given(_text) };

    private Task SearchAsync() => ReadAsync(null);

    private async Task TurnAsync(long? before)
    {
        await ReadAsync(before);
        await FocusResultsAsync();
    }

    private async Task ReadAsync(long? before)
    {
        _fault = Query().TryRead(Clock.GetUtcNow(), PageLength, PageLength, out DeadLetterFilter filter);
        if (_fault is not null) return;
        LetterList list = LetterList.Of(await Letters.ReadAsync(filter with { Before = before }, Leaving), PageLength);
        await Operator.SawAsync("admin deadletters", _source);
        (_letters, _before, _next) = (list.Letters, before, list.Next);
        _selected.Clear();
    }

    private void Toggle(Guid id)
    {
        if (!_selected.Remove(id)) _selected.Add(id);
    }

    private void SelectAll(ChangeEventArgs change)
    {
        _selected.Clear();
        if (change.Value is true) _selected.UnionWith(_letters.Select(l => l.Id));
    }

    private async Task ShowAsync(LetterView letter)
    {
        DeadLetterPage page = await Letters.ReadAsync(new DeadLetterFilter { Ids = FrozenSet.ToFrozenSet([letter.Id]), Limit = 1 }, Leaving);
        if (page.Letters is not [{ } found])
        {
            Tell(Say["letterGone"], Severity.Warning);
            return;
        }

        await Operator.SawAsync("admin deadletter", letter.Id.ToString());
        var parameters = new DialogParameters<LetterDialog> { { d => d.Shown, LetterDetails.Of(found) } };
        await Dialogs.ShowAsync<LetterDialog>(Say["letter", letter.Id], parameters, new DialogOptions { MaxWidth = MaxWidth.Large, FullWidth = true, CloseOnEscapeKey = true });
    }

    private async Task ReplayAsync(IReadOnlyCollection<Guid>? chosen)
    {
        string title = chosen is null ? Say["replayAll"] : Say["replaySelected", chosen.Count];
        if (await AskAsync(title, Say["replayAsk"], Say["replay"]) is null) return;
        LetterQuery asked = chosen is null ? Query() : new LetterQuery { Ids = [.. chosen.Select(id => id.ToString())], State = _state };
        _fault = asked.TryRead(Clock.GetUtcNow(), ReplayRequest.DefaultLimit, ReplayRequest.DefaultLimit, out DeadLetterFilter filter);
        if (_fault is not null) return;

        using var running = CancellationTokenSource.CreateLinkedTokenSource(Leaving);
        (_running, _progress, _wasRunning) = (running, new ReplayProgress(0, 0), false);
        try
        {
            await DoAsync("admin deadletters replay", chosen is null ? _source : string.Join(' ', chosen), MayChangeRoles, async () => Told(await RunAsync(filter, running.Token)));
        }
        finally
        {
            _running = null;
        }

        if (!Leaving.IsCancellationRequested) await TurnAsync(null);
    }

    // Away from the page's own thread, which goes on answering; it is told now and then how far it is.
    private Task<ReplayResult?> RunAsync(DeadLetterFilter filter, CancellationToken cancellationToken) => Task.Run(
        () => Letters.RunAsync(new ReplayRequest(), filter, async happened =>
        {
            if (happened.Progress is not { } progress) return;
            await InvokeAsync(() =>
            {
                _progress = progress;
                StateHasChanged();
            });
        }, cancellationToken), CancellationToken.None);

    private string Told(ReplayResult? result)
    {
        if (result is null)
        {
            Tell(Say["replayBusy"], Severity.Warning);
            return "busy";
        }

        Tell(Say["replayDone", result.Letters, result.Replayed, result.Rejected, result.Hopeless], result.IsComplete ? Severity.Success : Severity.Warning);
        if (result.Stopped is { } why) Tell(Say["replayStopped", why], Severity.Warning);
        return $"{result.Replayed} of {result.Letters}";
    }

    private async Task DiscardAsync()
    {
        if (await AskAsync(Say["discardSelected", _selected.Count], Say["discardAsk"], Say["discardDo"], Say["discardReason"]) is not { } why) return;
        Guid[] ids = [.. _selected];
        var filter = new DeadLetterFilter { Ids = ids.ToFrozenSet(), Limit = ids.Length };
        bool isDone = await DoAsync("admin deadletters discard", string.Join(' ', ids), MayChangeRoles, async () =>
        {
            DiscardResult result = await Letters.DiscardAsync(filter, why, isDryRun: false, static _ => ValueTask.CompletedTask, Leaving);
            return result.Stopped is { } stopped ? throw new IOException(stopped) : $"{result.Letters} of {ids.Length}";
        });
        if (!isDone) return;
        Tell(Say["discardDone"]);
        await TurnAsync(null);
    }
}

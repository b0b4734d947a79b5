using CityPerception.Cases;
using CityPerception.Configuration;
using CityPerception.Core.Configuration;
using CityPerception.Hosting;
using CityPerception.Storage.Cases;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace CityPerception.Screens.Admin.Pages;

/// <summary><c>/admin/cases</c>: how they stand, and their history.</summary>
public sealed partial class CasesPage
{
    private const string PageLength = "50";

    private string _district = "", _category = "", _dept = "";
    private bool _onlyOpen, _onlyOverdue;
    private string? _fault, _next;
    private IReadOnlyList<CaseView> _cases = [];

    [Inject]
    private OperationsState State { get; set; } = null!;

    [Inject]
    private IServiceProvider Parts { get; set; } = null!;

    [Inject]
    private CaseSettings Settings { get; set; } = null!;

    [Inject]
    private CurrentPlan Plan { get; set; } = null!;

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    protected override Task OnInitializedAsync() => SearchAsync();

    private Task SearchAsync() => ReadAsync(null);

    private async Task TurnAsync(string? after)
    {
        await ReadAsync(after);
        await FocusResultsAsync();
    }

    private async Task ReadAsync(string? after)
    {
        DateTimeOffset now = Clock.GetUtcNow();
        Dictionary<string, string?> given = new()
        {
            ["district"] = Value("district", _district),
            ["category"] = Value("category", _category),
            ["dept"] = Value("dept", _dept),
            ["open"] = _onlyOpen ? "true" : null,
            ["overdue"] = _onlyOverdue ? "true" : null,
            ["limit"] = PageLength,
            ["after"] = after,
        };
        _fault = CaseListQuery.Read(given, now, out CaseFilter filter);
        if (_fault is not null) return;
        await State.Opened.WaitAsync(Leaving);
        CaseList list = CaseListQuery.Page(await Parts.GetRequiredService<CaseQuery>().ListAsync(filter with { Limit = filter.Limit + 1 }, Leaving), filter.Limit, now);
        (_cases, _next) = (list.Cases, list.Next);
    }

    // The word that the configuration has for a value of a tag.
    private string Word(string tag, string value) => Plan.Plan.Measurements.NamesOf(tag, value) is { } names ? Say.Pick(names) : value;

    // What a person types is the word or the value itself.
    private string? Value(string tag, string typed) => Given(typed) is not { } word ? null : Plan.Plan.Measurements.ByName.Values
        .SelectMany(m => m.FindTag(tag)?.ValueNames ?? System.Collections.Frozen.FrozenDictionary<string, Names>.Empty)
        .Where(v => v.Value.Zh == word || v.Value.En.Equals(word, StringComparison.OrdinalIgnoreCase)).Select(v => v.Key).FirstOrDefault(word);

    private async Task ShowAsync(CaseView found)
    {
        if (await Parts.GetRequiredService<CaseQuery>().FindAsync(found.Source, found.Id, Leaving) is not [{ } row]) return;
        var parameters = new DialogParameters<CaseDialog> { { d => d.Shown, CaseDetails.Of(row, Settings.Terms, Clock.GetUtcNow()) }, { d => d.Word, (Func<string, string>)(state => Word("state", state)) } };
        await Dialogs.ShowAsync<CaseDialog>($"{Say["case"]} {found.Id}", parameters, new DialogOptions { MaxWidth = MaxWidth.Medium, FullWidth = true, CloseOnEscapeKey = true });
    }
}

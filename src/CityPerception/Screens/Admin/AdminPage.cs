using CityPerception.Hosting;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace CityPerception.Screens.Admin;

/// <summary>Who may see a page. The route asks for it, and the page itself when it is reached without a new request.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class VisibleToAttribute(params string[] roles) : Attribute
{
    public IReadOnlyList<string> Roles { get; } = roles;

    public static IReadOnlyList<string> RolesOf(Type page) => ((VisibleToAttribute?)GetCustomAttribute(page, typeof(VisibleToAttribute)))?.Roles ?? [];
}

/// <summary>Which roles the process of a page needs. The page of one that has not says so.</summary>
/// <param name="needed">It shows nothing without at least one of them.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ShowsWorkOfAttribute(Roles needed) : Attribute
{
    /// <summary>It needs all of them.</summary>
    public bool All { get; init; }

    /// <summary>What a page needs and a process has not; none for a page that works there.</summary>
    public static Roles MissingOf(Type page, Roles running) =>
        (ShowsWorkOfAttribute?)GetCustomAttribute(page, typeof(ShowsWorkOfAttribute)) is { } work && (work.All ? !running.HasFlag(work.Needed) : (running & work.Needed) == 0)
            ? work.Needed & ~running : Roles.None;

    private Roles Needed => needed;
}

/// <summary>What every page has: words, who looks, and a way to ask and to tell.</summary>
public abstract class AdminPage : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _leaving = new();

    protected AdminPage() => Leaving = _leaving.Token;

    [Inject]
    private protected Speech Say { get; set; } = null!;

    [Inject]
    private protected Operator Operator { get; set; } = null!;

    [Inject]
    protected IDialogService Dialogs { get; set; } = null!;

    [Inject]
    protected ISnackbar Notes { get; set; } = null!;

    /// <summary>What the page found: where the focus goes when what had it is there no more.</summary>
    protected ElementReference Results { get; set; }

    protected override void OnInitialized() => Say.Changed += Redraw;

    /// <summary>Gives the focus to what the page found, once that is drawn.</summary>
    protected async Task FocusResultsAsync()
    {
        StateHasChanged();
        await Task.Yield(); // it is drawn by now
        await Results.FocusAsync();
    }

    /// <summary>Ends when the page is left or the connection is gone.</summary>
    protected CancellationToken Leaving { get; }

    /// <summary>Asks for a line of text; null if they would rather not.</summary>
    protected async Task<string?> AskAsync(string title, string message, string yes, string? textLabel = null)
    {
        var parameters = new DialogParameters<AskDialog> { { d => d.Message, message }, { d => d.Yes, yes }, { d => d.No, Say["cancel"] }, { d => d.TextLabel, textLabel } };
        DialogResult? result = await (await Dialogs.ShowAsync<AskDialog>(title, parameters)).Result;
        return result is { Canceled: false, Data: string text } ? text : null;
    }

    /// <summary>Shows a secret, which nobody can look up again.</summary>
    protected async Task ShowSecretAsync(string name, string secret)
    {
        var parameters = new DialogParameters<SecretDialog> { { d => d.Message, Say["shownOnce"] }, { d => d.Secret, secret }, { d => d.Close, Say["close"] } };
        await (await Dialogs.ShowAsync<SecretDialog>(name, parameters)).Result;
    }

    /// <summary>What was typed; null for nothing.</summary>
    protected static string? Given(string text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    /// <summary>Does what only some may; what goes wrong is said in words.</summary>
    protected async Task<bool> DoAsync(string action, string target, IReadOnlyList<string> roles, Func<Task<string>> work)
    {
        try
        {
            await Operator.DoAsync(action, target, roles, work);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            Tell(Say["mayNot"], Severity.Error);
        }
        catch (Exception e) when (e is IOException or System.Data.Common.DbException or Microsoft.EntityFrameworkCore.DbUpdateException or HttpRequestException)
        {
            Tell(Say["failed", e.Message], Severity.Error);
        }

        return false;
    }

    protected void Tell(string message, Severity severity = Severity.Success) => Notes.Add(message, severity);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        Say.Changed -= Redraw;
        _leaving.Cancel();
        _leaving.Dispose();
    }

    private void Redraw() => InvokeAsync(StateHasChanged);
}

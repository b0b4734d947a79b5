using MudBlazor;

namespace CityPerception.Screens.Admin;

/// <summary>The colours and letters of the other pages (page.css), for MudBlazor. No font is loaded.</summary>
internal static class AdminTheme
{
    private static readonly string[] Fonts = ["Noto Sans SC", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "system-ui", "sans-serif"];

    public static readonly MudTheme Value = new()
    {
        PaletteDark = new PaletteDark
        {
            Black = "#0a101c",
            Background = "#0a101c",
            Surface = "#101929",
            DrawerBackground = "#101929",
            AppbarBackground = "#101929",
            AppbarText = "#e7edf8",
            DrawerText = "#e7edf8",
            DrawerIcon = "#9aa8c3",
            TextPrimary = "#e7edf8",
            TextSecondary = "#b3bfd6",
            ActionDefault = "#b3bfd6",
            Primary = "#8ab8ff",
            PrimaryContrastText = "#0a101c",
            Secondary = "#3fc7c1",
            SecondaryContrastText = "#0a101c",
            Info = "#8ab8ff",
            InfoContrastText = "#0a101c",
            Success = "#6fd39a",
            SuccessContrastText = "#0a101c",
            Warning = "#f0b35a",
            WarningContrastText = "#0a101c",
            Error = "#ff8b85",
            ErrorContrastText = "#0a101c",
            LinesDefault = "#22304b",
            LinesInputs = "#7f8dab",
            TableLines = "#22304b",
            Divider = "#22304b",
        },
        Typography = new Typography
        {
            Default = new DefaultTypography { FontFamily = Fonts },
            H1 = new H1Typography { FontSize = "1.5rem", FontWeight = "650" },
            H2 = new H2Typography { FontSize = "1.1rem", FontWeight = "600" },
            Button = new ButtonTypography { TextTransform = "none" },
        },
    };
}

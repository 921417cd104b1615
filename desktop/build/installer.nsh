; `Messenger-Setup.exe /S /SERVER=https://chat.example.org [/LOCKED=1] [/UPDATES=https://…/downloads]`
; writes what the program reads as its preset: messenger.json beside it.
!include "FileFunc.nsh"

!macro customInstall
  ${GetParameters} $R0
  ClearErrors
  ${GetOptions} $R0 "/SERVER=" $R1
  ${IfNot} ${Errors}
    StrCpy $R3 "false"
    ClearErrors
    ${GetOptions} $R0 "/LOCKED=" $R2
    ${IfNot} ${Errors}
    ${AndIf} $R2 == "1"
      StrCpy $R3 "true"
    ${EndIf}
    StrCpy $R4 "null"
    ClearErrors
    ${GetOptions} $R0 "/UPDATES=" $R5
    ${IfNot} ${Errors}
      StrCpy $R4 '"$R5"'
    ${EndIf}
    FileOpen $0 "$INSTDIR\messenger.json" w
    FileWrite $0 '{"servers": ["$R1"], "locked": $R3, "updates": $R4}'
    FileClose $0
  ${EndIf}
  ClearErrors
!macroend

!macro customUnInstall
  ${IfNot} ${isUpdated}
    Delete "$INSTDIR\messenger.json"
  ${EndIf}
!macroend
